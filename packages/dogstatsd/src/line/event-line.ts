// Events as lines.
import type { MetricsEvent } from '@metrics/core';
import {
  isTimestamp,
  type LineContext,
  optionalField,
  stringOrEmpty,
  tagField,
  timestampAndHost,
} from './event-fields.js';
import { truncateText } from './truncate-text.js';

/** Limits of Datadog, in characters. @see https://docs.datadoghq.com/api/latest/events/ */
const MAX_TITLE_LENGTH = 500;
const MAX_TEXT_LENGTH = 4000;

const ALERT_TYPES: readonly unknown[] = ['error', 'warning', 'info', 'success', undefined];
const PRIORITIES: readonly unknown[] = ['normal', 'low', undefined];
/** Braces, comma, colon, bar, newline, `_e` and two lengths of five digits. */
const FRAME_BYTES = 18;

/**
 * Returns the name of the first field that would be changed silently. The facade passes no such event; other callers may.
 */
export function invalidEventField({
  alertType,
  priority,
  timestamp,
}: MetricsEvent): 'alertType' | 'priority' | 'timestamp' | undefined {
  if (!ALERT_TYPES.includes(alertType)) return 'alertType';
  if (!PRIORITIES.includes(priority)) return 'priority';
  return isTimestamp(timestamp) ? undefined : 'timestamp';
}

/**
 * Returns the line `_e{bytes of title,bytes of text}:title|text[|field…]`. Title and text are truncated at the limits of
 * Datadog and to the size of a packet, the text first.
 *
 * @see https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/?tab=events
 */
export function renderEventLine(event: MetricsEvent, context: LineContext): string {
  const fields = [
    timestampAndHost(event),
    optionalField('k', event.aggregationKey),
    event.priority === 'low' ? '|p:low' : '',
    optionalField('s', event.sourceTypeName),
    ALERT_TYPES.includes(event.alertType) && (event.alertType ?? 'info') !== 'info' ? `|t:${event.alertType}` : '',
    tagField(event, context.tags),
    context.lineSuffix,
  ].join('');
  const room = context.maxBytes - FRAME_BYTES - Buffer.byteLength(fields);
  // A title must not be empty, so it has room for one character of four bytes.
  const title =
    truncateText(stringOrEmpty(event.title), { characters: MAX_TITLE_LENGTH, bytes: Math.max(room, 4) }) || '_';
  const titleBytes = Buffer.byteLength(title);
  const text = truncateText(stringOrEmpty(event.text), {
    characters: MAX_TEXT_LENGTH,
    bytes: Math.max(room - titleBytes, 0),
  });
  return `_e{${titleBytes},${Buffer.byteLength(text)}}:${title}|${text}${fields}\n`;
}
