export { assertCardinality, type CardinalityBudget, type MetricBudget } from './assert-cardinality.js';
export { type CaptureOptions, capture } from './capture.js';
export type {
  BackendProgram,
  BackendSubject,
  Capabilities,
  Delivered,
  DeliveredSample,
  Fixture,
} from './conformance/backend-subject.js';
export type { ConformanceCheck } from './conformance/conformance-check.js';
export { conformanceChecks } from './conformance/conformance-checks.js';
export type {
  DogStatsdEvent,
  DogStatsdMember,
  DogStatsdMessage,
  DogStatsdMetric,
  DogStatsdOrigin,
  DogStatsdServiceCheck,
  DogStatsdTags,
  DogStatsdValues,
} from './dogstatsd/dogstatsd-message.js';
export { DogStatsdSyntaxError } from './dogstatsd/dogstatsd-syntax-error.js';
export { type DogStatsdParserOptions, parseDogStatsd } from './dogstatsd-parser.js';
export type { FaultyAnswer, IntakeFault } from './intake/intake-fault.js';
export type { IntakeLimits } from './intake/intake-limits.js';
export type { IntakeOverwrite } from './intake/intake-overwrite.js';
export type {
  IntakeDistribution,
  IntakeDistributionPoint,
  IntakeEvent,
  IntakePayload,
  IntakePoint,
  IntakeSeries,
} from './intake/intake-payload.js';
export type { IntakeRecord } from './intake/intake-record.js';
export type { IntakeRequest } from './intake/intake-request.js';
export type { RecordedMember, RecordedSample, RecordedValue } from './recorded-sample.js';
export { Recording, type RecordingOptions, type SampleFilter, type TagQuery } from './recording.js';
export { RecordingBackend } from './recording-backend.js';
export { type IntakeOutage, RecordingIntake, type RecordingIntakeOptions } from './recording-intake.js';
export { RecordingServer, type RecordingServerOptions } from './recording-server.js';
export type { ServerTransport } from './server/listen.js';
export type { ServerConnections } from './server/packet-listener.js';
export type { ServerRecord } from './server/server-record.js';
