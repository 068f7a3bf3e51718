import { StatsdMetricsBackend } from './statsd-metrics-backend.js';
import type { StatsdOptions } from './statsd-options.js';

/** Creates the backend for `configure({ backend: '@metrics/statsd', options })`. */
export function createBackend(options?: StatsdOptions): StatsdMetricsBackend {
  return new StatsdMetricsBackend(options);
}
