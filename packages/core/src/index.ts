export { combine, type PartialMember } from './combine.js';
export { type ConfigureOptions, configure } from './configure.js';
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
export { MetricsError } from './metrics-error.js';
export type { Problem, ProblemCode } from './problem.js';
export type { ProblemHandler } from './problem-reporter.js';
export type { CardinalityOptions, CloseOptions, ExitSignal, RegisterOptions, Registration } from './registration.js';
export { createMetrics, metrics } from './shared-metrics.js';
export type { MetricOptions, RecordOptions, Tags, TagValue } from './tags.js';
export type { Timer, TimerTags } from './timer.js';
