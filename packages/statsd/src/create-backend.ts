import { StatsdMetricsBackend } from './statsd-metrics-backend.js';
import type { StatsdOptions } from './statsd-options.js';

/** What `configure({ backend: '@metrics/statsd', options })` calls. */
export function createBackend(options?: StatsdOptions): StatsdMetricsBackend {
  return new StatsdMetricsBackend(options);
}
