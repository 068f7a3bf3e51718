import { DogStatsdMetricsBackend } from './dogstatsd-metrics-backend.js';
import type { DogStatsdOptions } from './settings/dogstatsd-options.js';

/**
 * Creates the backend for `configure({ backend: '@metrics/dogstatsd', options })`.
 *
 * @throws {TypeError | RangeError} if an option is invalid.
 * @throws {Error} if only datagrams to a Unix socket are possible and the package `unix-dgram` is missing.
 */
export function createBackend(options?: DogStatsdOptions): DogStatsdMetricsBackend {
  return new DogStatsdMetricsBackend(options);
}
