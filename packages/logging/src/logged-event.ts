import type { MetricsEvent } from '@metrics/core';
import { escaped, quoted } from './format/escape.js';
import { loggedTags } from './logged-series.js';
import type { LogEntry } from './sink/log-sink.js';

/** `'Deployed': 'version 2'` */
export function loggedEvent(event: MetricsEvent, level: string): LogEntry {
  const { title, text, alertType = 'info', priority, aggregationKey, sourceTypeName, hostname, timestamp } = event;
  const { instance, tags } = event;
  return {
    level,
    message: `${quoted(title)}: ${quoted(text)}`,
    kind: 'event',
    title: escaped(title),
    text: escaped(text),
    alertType,
    priority,
    aggregationKey: aggregationKey && escaped(aggregationKey),
    sourceTypeName: sourceTypeName && escaped(sourceTypeName),
    host: hostname && escaped(hostname),
    instance: instance && escaped(instance),
    tags: loggedTags(tags),
    epochSeconds: timestamp,
  };
}
