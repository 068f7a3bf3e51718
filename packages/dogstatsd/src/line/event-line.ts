import type { MetricsEvent } from '@metrics/core';
import { type OccurrenceContext, optionalField, plainText, tagField, whenAndWhere } from './event-fields.js';
import { cutText } from './truncate-text.js';

/** @see https://docs.datadoghq.com/api/latest/events/ */
const LONGEST_TITLE = 500;
const LONGEST_TEXT = 4000;

const ALERT_TYPES: readonly unknown[] = ['error', 'warning', 'info', 'success'];
/** Braces, comma, colon, bar, newline, `_e` and two lengths of five digits. */
const FRAME = 18;

/**
 * `_e{bytes of title,bytes of text}:title|text[|field…]`. Title and text are cut at the limits of Datadog and at the end of
 * the packet, the text first.
 *
 * @see https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/?tab=events
 */
export function eventLine(event: MetricsEvent, context: OccurrenceContext): string {
  const fields = [
    whenAndWhere(event),
    optionalField('k', event.aggregationKey),
    event.priority === 'low' ? '|p:low' : '',
    optionalField('s', event.sourceTypeName),
    ALERT_TYPES.includes(event.alertType) && event.alertType !== 'info' ? `|t:${event.alertType}` : '',
    tagField(event, context.tags),
    context.tail,
  ].join('');
  const room = context.maxBytes - FRAME - Buffer.byteLength(fields);
  // A title must not be empty.
  const title = cutText(plainText(event.title), { characters: LONGEST_TITLE, bytes: Math.max(room, 4) }) || '_';
  const titleBytes = Buffer.byteLength(title);
  const text = cutText(plainText(event.text), { characters: LONGEST_TEXT, bytes: Math.max(room - titleBytes, 0) });
  return `_e{${titleBytes},${Buffer.byteLength(text)}}:${title}|${text}${fields}\n`;
}
