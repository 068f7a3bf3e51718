/**
 * For tests of applications: recordings, captures and cardinality budgets.
 *
 * @module @metrics/testing
 */
export { assertCardinality, type CardinalityBudget, type MetricBudget } from './recording/assert-cardinality.js';
export { type CaptureOptions, capture } from './recording/capture.js';
export type { RecordedMember, RecordedSample, RecordedSeries, RecordedValue } from './recording/recorded-sample.js';
export { Recording, type RecordingOptions, type SampleFilter, type TagQuery } from './recording/recording.js';
export { RecordingBackend } from './recording/recording-backend.js';
export type { RecordedEvent, RecordedServiceCheck, TagObject } from './recording/tag-object.js';
