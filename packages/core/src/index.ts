/**
 * The facade and the contract of a backend, for applications and libraries.
 *
 * @module @metrics/core
 */
export type { CardinalityLimit, CardinalityMode, CardinalityOptions } from './cardinality/cardinality-options.js';
export type { CardinalityReport, MetricReport, TagReport } from './cardinality/cardinality-report.js';
export type { AllowedTags, CheckedTags, HighCardinalityTag, NotTags, PlainObject } from './cardinality/checked-tags.js';
export { sentryTagRules, type TagSeverity, tagSeverity } from './cardinality/tag-severity.js';
export { combine } from './combine.js';
export { type ConfigureOptions, type CreateBackend, configure } from './configure.js';
export { DummyMetricsBackend } from './dummy-metrics-backend.js';
export type { CloseOptions, ExitSignal, RegisterOptions, Registration } from './engine/registration.js';
export type {
  Counter,
  CounterHandle,
  DeclaredTags,
  Distribution,
  DistributionHandle,
  Gauge,
  GaugeDefinition,
  GaugeHandle,
  GaugeReader,
  InstrumentDefinition,
  ListedValue,
  Observation,
  SetHandle,
  SetInstrument,
  TimerDefinition,
  Timing,
  TimingHandle,
  UndeclaredTag,
} from './facade/instrument.js';
export type { ChildOptions, EventOptions, Metrics, MetricsStats, ServiceCheckOptions } from './facade/metrics.js';
export { createMetrics, metrics } from './facade/shared-metrics.js';
export type { AnyFunction, TimedFunction, Timer, TimerOptions, TimerTags } from './facade/timer.js';
export type { FilteredBackend } from './filtered-backend.js';
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
  TagPairs,
} from './metrics-backend.js';
export { CardinalityError, MetricsError } from './problems/metrics-error.js';
export type { Problem, ProblemCode } from './problems/problem.js';
export type { ProblemHandler } from './problems/problem-reporter.js';
export { anyValue, type TagLists } from './series/metric-family.js';
export type { MetricOptions, RecordOptions, Tags, TagValue } from './series/tags.js';
