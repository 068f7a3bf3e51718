import winston, { type Logform } from 'winston';
import { escaped, quoted } from './escape.js';

/** Where winston keeps the level as it was before a format coloured it. */
const LEVEL = Symbol.for('level');

/**
 * A winston format for people: `[DEBUG] 'jobs.started': +1; instance='worker-1'; tags={ task_name: 'email' }`.
 *
 * Put behind `winston.format.timestamp()` it begins with the time; behind `colorize()` the level keeps its colour. Lines
 * that are not of this backend, so have no tags, end behind the message. Nothing in a message, an instance or tags can
 * begin another line.
 */
export function metricsFormat(): Logform.Format {
  return winston.format.printf((info) => {
    const time = typeof info['timestamp'] === 'string' ? `${info['timestamp']} ` : '';
    const line = `${time}[${upperCased(info)}] ${escaped(String(info.message))}`;
    const { tags, instance } = info;
    if (typeof tags !== 'object' || tags === null) return line;
    return `${line}; instance=${typeof instance === 'string' ? quoted(instance) : 'undefined'}; tags=${shown(tags)}`;
  });
}

function upperCased(info: Logform.TransformableInfo): string {
  const plain = info[LEVEL];
  if (typeof plain !== 'string') return info.level.toUpperCase();
  // The escapes of a colour must keep their case.
  return info.level.replace(plain, () => plain.toUpperCase());
}

function shown(tags: object): string {
  const pairs = Object.entries(tags).map(([key, value]) => `${shownKey(key)}: ${quoted(String(value))}`);
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}

function shownKey(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key);
}
