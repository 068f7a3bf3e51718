import winston, { type Logform } from 'winston';
import { escape, quote } from './escape.js';

/** The key under which winston keeps the level as it was before a format colored it. */
const LEVEL = Symbol.for('level');

/**
 * Returns a winston format for people: `[DEBUG] 'jobs.started': +1; instance='worker-1'; tags={ task_name: 'email' }`.
 *
 * Combined after `winston.format.timestamp()`, it starts with the time; after `colorize()`, the level keeps its color. Lines
 * of other code, which have no tags, consist of level and message. No message, instance or tag can start another line.
 *
 * @example
 * ```ts
 * import { metrics } from '@metrics/core';
 * import { LoggingBackend, metricsFormat } from '@metrics/logging';
 * import winston from 'winston';
 *
 * winston.loggers.add('metrics', {
 *   level: 'debug',
 *   format: winston.format.combine(winston.format.timestamp(), metricsFormat()),
 *   transports: [new winston.transports.Console()],
 * });
 * metrics.register(new LoggingBackend());
 * metrics.incr('orders', { tags: { method: 'card' } });
 * await metrics.close();
 * ```
 */
export function metricsFormat(): Logform.Format {
  return winston.format.printf((info) => {
    const time = typeof info['timestamp'] === 'string' ? `${info['timestamp']} ` : '';
    const line = `${time}[${upperCaseLevel(info)}] ${escape(String(info.message))}`;
    const { tags, instance } = info;
    if (typeof tags !== 'object' || tags === null) return line;
    return `${line}; instance=${typeof instance === 'string' ? quote(instance) : 'undefined'}; tags=${formatTags(tags)}`;
  });
}

function upperCaseLevel(info: Logform.TransformableInfo): string {
  const plain = info[LEVEL];
  if (typeof plain !== 'string') return info.level.toUpperCase();
  // The escape sequences of a color must keep their case.
  return info.level.replace(plain, () => plain.toUpperCase());
}

function formatTags(tags: object): string {
  const pairs = Object.entries(tags).map(([key, value]) => `${formatKey(key)}: ${quote(String(value))}`);
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}

function formatKey(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quote(key);
}
