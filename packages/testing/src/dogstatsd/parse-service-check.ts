import type { ServiceCheckStatus } from '@metrics/core';
import type { DogStatsdCursor, FieldParser } from './dogstatsd-cursor.js';
import type { DogStatsdServiceCheck } from './dogstatsd-message.js';
import { commonFields, NO_TAGS, parseSeconds, parseString } from './parse-fields.js';

const STATUSES: readonly ServiceCheckStatus[] = ['ok', 'warning', 'critical', 'unknown'];

const fields: Readonly<Record<string, FieldParser<DogStatsdServiceCheck>>> = {
  'd:': (cursor) => ({ timestamp: parseSeconds(cursor) }),
  'h:': (cursor) => ({ hostname: parseString(cursor, 'a host name') }),
  'm:': (cursor) => ({ message: parseCheckMessage(cursor) }),
  ...commonFields,
};

/** Parses `_sc|name|status[|field…]`. */
export function parseServiceCheck(cursor: DogStatsdCursor): DogStatsdServiceCheck {
  cursor.consume('_sc|');
  const name = parseString(cursor, 'the name of a service check');
  cursor.consume('|');
  const status = STATUSES[Number(cursor.readWord(['0', '1', '2', '3']))]!;
  return { type: '_sc', name, status, tags: NO_TAGS, ...cursor.parseFields(fields) };
}

/** Parses a message, in which a line break is escaped as `\n` in two characters, and `m:` as `m\:`. */
function parseCheckMessage(cursor: DogStatsdCursor): string {
  const start = cursor.position;
  const message = cursor.readWhile(/[\t -{}~\x80-\xff]+/y, 'a message');
  if (message.includes('m:')) cursor.fail("a message with 'm\\:' instead of 'm:'", start);
  return message.replaceAll('m\\:', 'm:').replaceAll('\\n', '\n');
}
