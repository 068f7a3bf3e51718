/**
 * The backend that sends to a Datadog Agent.
 *
 * @module @metrics/dogstatsd
 */
export { createBackend } from './create-backend.js';
export { DogStatsdMetricsBackend, type DogStatsdStats } from './dogstatsd-metrics-backend.js';
export type { Dialect } from './settings/dialect.js';
export type { DogStatsdOptions, TagCardinality } from './settings/dogstatsd-options.js';
export type { Origin } from './settings/origin.js';
export type { WireType, WireTypes } from './settings/wire-types.js';
export type { TelemetryCounts } from './telemetry/telemetry-counts.js';
export type { TransportKind } from './transport/create-transport.js';
