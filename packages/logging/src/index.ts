/**
 * The backend that logs metrics through winston, pino or the console.
 *
 * @module @metrics/logging
 */
export { createBackend } from './create-backend.js';
export { metricsFormat } from './format/metrics-format.js';
export { metricsJsonFormat } from './format/metrics-json-format.js';
export { LoggingBackend } from './logging-backend.js';
export type { LoggingOptions, SummaryOptions } from './logging-options.js';
export type {
  ConsoleLikeLogger,
  MetricsLogger,
  PinoLikeLogger,
  WinstonLikeLogger,
} from './sink/metrics-logger.js';
