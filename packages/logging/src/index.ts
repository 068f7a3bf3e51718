export { createBackend } from './create-backend.js';
export { LoggingBackend } from './logging-backend.js';
export type { LoggingOptions, SummaryOptions } from './logging-options.js';
export { metricsFormat } from './metrics-format.js';
export { metricsJsonFormat } from './metrics-json-format.js';
export type {
  ConsoleLikeLogger,
  MetricsLogger,
  PinoLikeLogger,
  WinstonLikeLogger,
} from './metrics-logger.js';
