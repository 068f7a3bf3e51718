/**
 * The backend that hands metrics to an OpenTelemetry exporter or SDK.
 *
 * @module @metrics/opentelemetry
 */
export { createBackend } from './create-backend.js';
export type { MetricExporter, ResourceLike } from './metric-types.js';
export { OpenTelemetryBackend } from './opentelemetry-backend.js';
export type { OpenTelemetryOptions } from './opentelemetry-options.js';
