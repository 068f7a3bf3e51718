import type { MetricsEvent } from '@metrics/core';
import { escape, quote } from './format/escape.js';
import { loggedTags } from './logged-series.js';
import type { LogEntry } from './sink/log-sink.js';

/** Returns the line of an event, with the message `'Deployed': 'version 2'`. */
export function loggedEvent(event: MetricsEvent, level: string): LogEntry {
  const { title, text, alertType = 'info', priority, aggregationKey, sourceTypeName, hostname, timestamp } = event;
  const { instance, tags } = event;
  return {
    level,
    message: `${quote(title)}: ${quote(text)}`,
    kind: 'event',
    title: escape(title),
    text: escape(text),
    alertType,
    priority,
    aggregationKey: aggregationKey && escape(aggregationKey),
    sourceTypeName: sourceTypeName && escape(sourceTypeName),
    host: hostname && escape(hostname),
    instance: instance && escape(instance),
    tags: loggedTags(tags),
    epochSeconds: timestamp,
  };
}
