import type { ServiceCheck } from '@metrics/core';
import { escaped, quoted } from './format/escape.js';
import { loggedTags } from './logged-series.js';
import type { LogEntry } from './sink/log-sink.js';

/** `'db': critical 'no route to host'` */
export function loggedServiceCheck(check: ServiceCheck, level: string): LogEntry {
  const { name, status, message, hostname, timestamp, tags } = check;
  return {
    level,
    message: `${quoted(name)}: ${status}${message === undefined ? '' : ` ${quoted(message)}`}`,
    kind: 'service_check',
    check: escaped(name),
    status,
    text: message && escaped(message),
    host: hostname && escaped(hostname),
    tags: loggedTags(tags),
    epochSeconds: timestamp,
  };
}
