import { DatadogMetricsBackend } from './datadog-metrics-backend.js';
import type { DatadogOptions } from './datadog-options.js';

/** What `configure({ backend: '@metrics/datadog', options })` calls. */
export function createBackend(options?: DatadogOptions): DatadogMetricsBackend {
  return new DatadogMetricsBackend(options);
}
