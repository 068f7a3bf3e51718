import type { ServiceCheck } from '@metrics/core';
import { escape, quote } from './format/escape.js';
import { loggedTags } from './logged-series.js';
import type { LogEntry } from './sink/log-sink.js';

/** Returns the line of a service check, with the message `'db': critical 'no route to host'`. */
export function loggedServiceCheck(check: ServiceCheck, level: string): LogEntry {
  const { name, status, message, hostname, timestamp, tags } = check;
  return {
    level,
    message: `${quote(name)}: ${status}${message === undefined ? '' : ` ${quote(message)}`}`,
    kind: 'service_check',
    check: escape(name),
    status,
    text: message && escape(message),
    host: hostname && escape(hostname),
    tags: loggedTags(tags),
    epochSeconds: timestamp,
  };
}
