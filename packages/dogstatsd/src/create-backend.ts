import { DogStatsdMetricsBackend } from './dogstatsd-metrics-backend.js';
import type { DogStatsdOptions } from './settings/dogstatsd-options.js';

/** Creates the backend for `configure({ backend: '@metrics/dogstatsd', options })`. */
export function createBackend(options?: DogStatsdOptions): DogStatsdMetricsBackend {
  return new DogStatsdMetricsBackend(options);
}
