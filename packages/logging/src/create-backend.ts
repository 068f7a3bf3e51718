import { LoggingBackend } from './logging-backend.js';
import type { LoggingOptions } from './logging-options.js';

/**
 * Creates the backend for `configure({ backend: '@metrics/logging', options })`.
 *
 * @throws {TypeError | RangeError} if an option is invalid.
 */
export function createBackend(options?: LoggingOptions): LoggingBackend {
  return new LoggingBackend(options);
}
