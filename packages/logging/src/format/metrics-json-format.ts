import winston, { type Logform } from 'winston';

/**
 * Returns a winston format for programs: one JSON object a line, in the order level, message, fields.
 *
 * @example
 * ```ts
 * import { metrics } from '@metrics/core';
 * import { LoggingBackend, metricsJsonFormat } from '@metrics/logging';
 * import winston from 'winston';
 *
 * const transports = [new winston.transports.Console()];
 * const logger = winston.createLogger({ level: 'debug', format: metricsJsonFormat(), transports });
 * metrics.register(new LoggingBackend({ logger }));
 * metrics.incr('orders', { tags: { method: 'card' } });
 * await metrics.close();
 * ```
 */
export function metricsJsonFormat(): Logform.Format {
  // By default winston sorts the keys, and the message is somewhere in the middle.
  return winston.format.json({ deterministic: false });
}
