// The main entry: the backend.

export { createBackend } from './create-backend.js';
export type { MetricExporter, ResourceLike } from './metric-types.js';
export { OpenTelemetryBackend } from './opentelemetry-backend.js';
export type { OpenTelemetryOptions } from './opentelemetry-options.js';
