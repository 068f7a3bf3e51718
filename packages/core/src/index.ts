export type { CardinalityLimit, CardinalityMode, CardinalityOptions } from './cardinality-options.js';
export type {
  CardinalityReport,
  CostEstimate,
  CostOptions,
  CountingOptions,
  MetricCardinality,
  TagCardinality,
} from './cardinality-report.js';
export type { AllowedTags, CheckedTags, HighCardinalityTag } from './checked-tags.js';
export { combine, type PartialMember } from './combine.js';
export { type ConfigureOptions, configure } from './configure.js';
export { anyValue, type TagLists } from './declared-tags.js';
export { DummyMetricsBackend } from './dummy-metrics-backend.js';
export type { MetricsTap } from './engine.js';
export type {
  BoundCounter,
  BoundDistribution,
  BoundGauge,
  BoundSet,
  BoundTiming,
  Counter,
  DeclaredTags,
  Definition,
  Distribution,
  Gauge,
  GaugeDefinition,
  SetInstrument,
  Timing,
} from './instrument.js';
export type { ChildOptions, EventOptions, Metrics, MetricsStats, ServiceCheckOptions } from './metrics.js';
export type {
  AlertType,
  BackendHost,
  BackendStats,
  MetricKind,
  MetricsBackend,
  MetricsEvent,
  Series,
  SeriesId,
  ServiceCheck,
  ServiceCheckStatus,
} from './metrics-backend.js';
export { CardinalityError, MetricsError } from './metrics-error.js';
export type { Problem, ProblemCode } from './problem.js';
export type { ProblemHandler } from './problem-reporter.js';
export type { CloseOptions, ExitSignal, RegisterOptions, Registration } from './registration.js';
export { sentryTagRules } from './sentry-tag-rules.js';
export { createMetrics, metrics } from './shared-metrics.js';
export { type TagSeverity, tagSeverity } from './tag-severity.js';
export type { MetricOptions, RecordOptions, Tags, TagValue } from './tags.js';
export type { Timer, TimerTags } from './timer.js';
