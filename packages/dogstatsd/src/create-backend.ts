import { DogStatsdMetricsBackend } from './dogstatsd-metrics-backend.js';
import type { DogStatsdOptions } from './settings/dogstatsd-options.js';

/** What `configure({ backend: '@metrics/dogstatsd', options })` calls. */
export function createBackend(options?: DogStatsdOptions): DogStatsdMetricsBackend {
  return new DogStatsdMetricsBackend(options);
}
