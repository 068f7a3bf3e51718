import { PrometheusBackend } from './prometheus-backend.js';
import type { PrometheusOptions } from './prometheus-options.js';

/** The port that exporters of OpenTelemetry for Prometheus have, too. */
const DEFAULT_PORT = 9464;

/**
 * Creates the backend for `configure({ backend: '@metrics/prometheus', options })`. It listens on a port, because there is no
 * code that would mount a handler.
 */
export function createBackend(options: PrometheusOptions = {}): PrometheusBackend {
  // Not an object: the class says so.
  const isObject = typeof options === 'object' && options !== null;
  return new PrometheusBackend(isObject ? { ...options, port: options.port ?? DEFAULT_PORT } : options);
}
