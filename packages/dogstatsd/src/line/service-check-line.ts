// Service checks as lines.
import type { ServiceCheck, ServiceCheckStatus } from '@metrics/core';
import { sanitize } from '@metrics/statsd/wire';
import { type LineContext, stringOrEmpty, tagField, timestampAndHost } from './event-fields.js';
import { truncateField } from './truncate-text.js';

/** By their numbers. */
const STATUSES: readonly ServiceCheckStatus[] = ['ok', 'warning', 'critical', 'unknown'];

/**
 * Returns the line `_sc|name|status[|field…][|m:message]`. The message is last, as the specification requires, and is
 * truncated to the size of a packet.
 *
 * @see https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/?tab=servicechecks
 */
export function renderServiceCheckLine(check: ServiceCheck, context: LineContext): string {
  const status = STATUSES.indexOf(check.status);
  const fields = timestampAndHost(check) + tagField(check, context.tags) + context.lineSuffix;
  const line = `_sc|${sanitize(stringOrEmpty(check.name))}|${status < 0 ? STATUSES.indexOf('unknown') : status}${fields}`;
  const room = context.maxBytes - Buffer.byteLength(line) - '|m:\n'.length;
  const message = truncateField(stringOrEmpty(check.message).replaceAll('m:', 'm\\:'), { bytes: Math.max(room, 0) });
  return message === '' ? `${line}\n` : `${line}|m:${message}\n`;
}
