import type { ServiceCheckStatus } from '@metrics/core';
import type { DogStatsdCursor, FieldReader } from './dogstatsd-cursor.js';
import type { DogStatsdServiceCheck } from './dogstatsd-message.js';
import { commonFields, noTags, takeSeconds, takeText } from './parse-fields.js';

const STATUSES: readonly ServiceCheckStatus[] = ['ok', 'warning', 'critical', 'unknown'];

const fields: Readonly<Record<string, FieldReader<DogStatsdServiceCheck>>> = {
  'd:': (cursor) => ({ timestamp: takeSeconds(cursor) }),
  'h:': (cursor) => ({ hostname: takeText(cursor, 'a host name') }),
  'm:': (cursor) => ({ message: takeMessage(cursor) }),
  ...commonFields,
};

/** `_sc|name|status[|field…]` */
export function takeServiceCheck(cursor: DogStatsdCursor): DogStatsdServiceCheck {
  cursor.skip('_sc|');
  const name = takeText(cursor, 'the name of a service check');
  cursor.skip('|');
  const status = STATUSES[Number(cursor.takeWord(['0', '1', '2', '3']))]!;
  return { type: '_sc', name, status, tags: noTags, ...cursor.takeFields(fields) };
}

/** A line break is `\n` in two characters, and `m:` is `m\:`. */
function takeMessage(cursor: DogStatsdCursor): string {
  const start = cursor.at;
  const message = cursor.take(/[\t -{}~\x80-\xff]+/y, 'a message');
  if (message.includes('m:')) cursor.fail("a message with 'm\\:' in place of 'm:'", start);
  return message.replaceAll('m\\:', 'm:').replaceAll('\\n', '\n');
}
