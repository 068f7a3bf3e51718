import { DatadogMetricsBackend } from './datadog-metrics-backend.js';
import type { DatadogOptions } from './datadog-options.js';

/**
 * Creates the backend for `configure({ backend: '@metrics/datadog', options })`.
 *
 * @throws {TypeError | RangeError} if an option is invalid. The message never shows an API key.
 */
export function createBackend(options?: DatadogOptions): DatadogMetricsBackend {
  return new DatadogMetricsBackend(options);
}
