import { DummyMetricsBackend, type MetricsBackend } from '@metrics/core';
import { environment } from '@metrics/core/backend';
import { loadExporter } from './load-exporter.js';
import { OpenTelemetryBackend } from './opentelemetry-backend.js';
import type { OpenTelemetryOptions } from './opentelemetry-options.js';

/**
 * Creates the backend for `configure({ backend: '@metrics/opentelemetry', options })`, with the OTLP exporter that is
 * installed. With `OTEL_SDK_DISABLED=true` it is a dummy.
 */
export function createBackend(options: OpenTelemetryOptions = {}): MetricsBackend {
  if (environment['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true') return new DummyMetricsBackend();
  // Not an object: the class says so.
  const isObject = typeof options === 'object' && options !== null;
  return new OpenTelemetryBackend(isObject ? { ...options, exporter: options.exporter ?? loadExporter() } : options);
}
