import type { ServiceCheck, ServiceCheckStatus } from '@metrics/core';
import { sanitize } from '@metrics/statsd/wire';
import { type OccurrenceContext, plainText, tagField, whenAndWhere } from './event-fields.js';
import { cutField } from './truncate-text.js';

const STATUSES: Readonly<Record<ServiceCheckStatus, number>> = { ok: 0, warning: 1, critical: 2, unknown: 3 };

/**
 * `_sc|name|status[|field…][|m:message]`. The message is cut at the end of the packet, and stands last, as the
 * specification wants it.
 *
 * @see https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/?tab=servicechecks
 */
export function serviceCheckLine(check: ServiceCheck, context: OccurrenceContext): string {
  const status = STATUSES[check.status] ?? STATUSES.unknown;
  const fields = whenAndWhere(check) + tagField(check, context.tags) + context.tail;
  const line = `_sc|${sanitize(plainText(check.name))}|${status}${fields}`;
  const room = context.maxBytes - Buffer.byteLength(line) - '|m:\n'.length;
  const message = cutField(plainText(check.message).replaceAll('m:', 'm\\:'), { bytes: Math.max(room, 0) });
  return message === '' ? `${line}\n` : `${line}|m:${message}\n`;
}
