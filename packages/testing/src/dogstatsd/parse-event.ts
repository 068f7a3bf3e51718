import type { AlertType } from '@metrics/core';
import type { DogStatsdCursor, FieldReader } from './dogstatsd-cursor.js';
import type { DogStatsdEvent } from './dogstatsd-message.js';
import { commonFields, noTags, takeSeconds, takeText } from './parse-fields.js';

const ALERT_TYPES: readonly AlertType[] = ['error', 'warning', 'info', 'success'];

const fields: Readonly<Record<string, FieldReader<DogStatsdEvent>>> = {
  'd:': (cursor) => ({ timestamp: takeSeconds(cursor) }),
  'h:': (cursor) => ({ hostname: takeText(cursor, 'a host name') }),
  'k:': (cursor) => ({ aggregationKey: takeText(cursor, 'an aggregation key') }),
  'p:': (cursor) => ({ priority: cursor.takeWord(['normal', 'low'] as const) }),
  's:': (cursor) => ({ sourceTypeName: takeText(cursor, 'a source type name') }),
  't:': (cursor) => ({ alertType: cursor.takeWord(ALERT_TYPES) }),
  ...commonFields,
};

/** `_e{bytes of title,bytes of text}:title|text[|field…]` */
export function takeEvent(cursor: DogStatsdCursor): DogStatsdEvent {
  cursor.skip('_e{');
  const titleLength = Number(cursor.take(/[1-9][0-9]*/y, 'the length of a title, at least 1'));
  cursor.skip(',');
  const textLength = Number(cursor.take(/0|[1-9][0-9]*/y, 'the length of a text'));
  cursor.skip('}:');
  const title = cursor.takeBytes(titleLength, 'title');
  cursor.skip('|', `'|' behind a title of ${titleLength} bytes`);
  const text = cursor.takeBytes(textLength, 'text');
  cursor.endField(`'|' or the end of the line behind a text of ${textLength} bytes`);
  return {
    type: '_e',
    title: unescaped(title),
    text: unescaped(text),
    tags: noTags,
    ...cursor.takeFields(fields),
  };
}

function unescaped(text: string): string {
  return text.replaceAll('\\n', '\n');
}
