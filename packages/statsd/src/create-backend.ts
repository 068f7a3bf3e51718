import { StatsdMetricsBackend } from './statsd-metrics-backend.js';
import type { StatsdOptions } from './statsd-options.js';

/**
 * Creates the backend for `configure({ backend: '@metrics/statsd', options })`.
 *
 * @throws {TypeError | RangeError} if an option is invalid.
 * @throws {Error} if the protocol is `uds` and the package `unix-dgram` is missing.
 */
export function createBackend(options?: StatsdOptions): StatsdMetricsBackend {
  return new StatsdMetricsBackend(options);
}
