export { createBackend } from './create-backend.js';
export type { Dialect } from './dialect.js';
export { DogStatsdMetricsBackend, type DogStatsdStats } from './dogstatsd-metrics-backend.js';
export type { DogStatsdOptions, TagCardinality } from './dogstatsd-options.js';
export type { WireType, WireTypes } from './wire-types.js';
