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
export type { RecordedMember, RecordedSample, RecordedValue } from './recorded-sample.js';
export { Recording, type RecordingOptions, type SampleFilter, type TagQuery } from './recording.js';
export { RecordingBackend } from './recording-backend.js';
