import { LoggingBackend } from './logging-backend.js';
import type { LoggingOptions } from './logging-options.js';

/** What `configure({ backend: '@metrics/logging', options })` calls. */
export function createBackend(options?: LoggingOptions): LoggingBackend {
  return new LoggingBackend(options);
}
