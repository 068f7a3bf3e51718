import type { AlertType } from '@metrics/core';
import type { DogStatsdCursor, FieldParser } from './dogstatsd-cursor.js';
import type { DogStatsdEvent } from './dogstatsd-message.js';
import { commonFields, NO_TAGS, parseSeconds, parseString } from './parse-fields.js';

const ALERT_TYPES: readonly AlertType[] = ['error', 'warning', 'info', 'success'];

const fields: Readonly<Record<string, FieldParser<DogStatsdEvent>>> = {
  'd:': (cursor) => ({ timestamp: parseSeconds(cursor) }),
  'h:': (cursor) => ({ hostname: parseString(cursor, 'a host name') }),
  'k:': (cursor) => ({ aggregationKey: parseString(cursor, 'an aggregation key') }),
  'p:': (cursor) => ({ priority: cursor.readWord(['normal', 'low'] as const) }),
  's:': (cursor) => ({ sourceTypeName: parseString(cursor, 'a source type name') }),
  't:': (cursor) => ({ alertType: cursor.readWord(ALERT_TYPES) }),
  ...commonFields,
};

/** Parses `_e{bytes of title,bytes of text}:title|text[|field…]`. */
export function parseEvent(cursor: DogStatsdCursor): DogStatsdEvent {
  cursor.consume('_e{');
  const titleLength = Number(cursor.readWhile(/[1-9][0-9]*/y, 'the length of the title, at least 1'));
  cursor.consume(',');
  const textLength = Number(cursor.readWhile(/0|[1-9][0-9]*/y, 'the length of the text'));
  cursor.consume('}:');
  const title = cursor.readBytes(titleLength, 'title');
  cursor.consume('|', `'|' after the title of ${titleLength} bytes`);
  const text = cursor.readBytes(textLength, 'text');
  cursor.expectFieldEnd(`'|' or the end of the line after the text of ${textLength} bytes`);
  return {
    type: '_e',
    title: unescape(title),
    text: unescape(text),
    tags: NO_TAGS,
    ...cursor.parseFields(fields),
  };
}

function unescape(text: string): string {
  return text.replaceAll('\\n', '\n');
}
