/**
 * The backend that sends to Datadog over HTTPS, without an Agent.
 *
 * @module @metrics/datadog
 */
export type { Clock, ScheduledCall } from './clock.js';
export { createBackend } from './create-backend.js';
export { DatadogMetricsBackend, type DatadogStats } from './datadog-metrics-backend.js';
export type { DatadogOptions } from './datadog-options.js';
export type { BreakerState } from './delivery/circuit-breaker.js';
export type { DeliveryStats } from './delivery/delivery.js';
