import type { DogStatsdCursor, FieldParser } from './dogstatsd-cursor.js';
import type { DogStatsdOrigin, DogStatsdTags } from './dogstatsd-message.js';

// The fields that metrics, events and service checks share.

/** The tags (`#…`) and the fields of the origin. */
export const commonFields: Readonly<Record<string, FieldParser<DogStatsdOrigin & { tags: DogStatsdTags }>>> = {
  '#': (cursor) => ({ tags: parseTags(cursor) }),
  'c:': (cursor) => ({ localData: parseLocalData(cursor) }),
  'e:': (cursor) => ({ externalData: cursor.readWhile(PRINTABLE, 'external data of printable ASCII') }),
  'card:': (cursor) => ({ cardinality: cursor.readWord(['none', 'low', 'orchestrator', 'high']) }),
};

/** The tags of a line without tags. */
export const NO_TAGS: DogStatsdTags = Object.freeze(Object.create(null) as Record<string, string>);

/**
 * Parses one or more characters other than control characters and `|`. Bytes from 128 are parts of UTF-8 characters.
 */
export function parseString(cursor: DogStatsdCursor, name: string): string {
  return cursor.readWhile(/[ -{}~\x80-\xff]+/y, name);
}

/** Parses whole seconds since the epoch. */
export function parseSeconds(cursor: DogStatsdCursor): number {
  const start = cursor.position;
  const seconds = Number(cursor.readWhile(/[1-9][0-9]*/y, 'whole seconds since the epoch, greater than 0'));
  cursor.expectFieldEnd();
  if (seconds > MAX_SECONDS) cursor.fail('seconds since the epoch, not a smaller unit', start);
  return seconds;
}

/** A second of the year 5138. Timestamps in milliseconds have more digits. */
const MAX_SECONDS = 99_999_999_999;

const PRINTABLE = /[!-{}~]+/y;

/** Parses `key:value,key,…`. Several values of one key are joined by commas, which no value contains. */
function parseTags(cursor: DogStatsdCursor): DogStatsdTags {
  const tags = Object.create(null) as Record<string, string>;
  for (let more = true; more; more = cursor.tryConsume(',')) {
    const start = cursor.position;
    const key = cursor.readWhile(/[ -+\--9;-{}~\x80-\xff]+/y, 'the key of a tag');
    const value = cursor.tryConsume(':') ? cursor.readWhile(/[ -+\--{}~\x80-\xff]+/y, 'the value of a tag') : '';
    if (tags[key]?.split(',').includes(value)) cursor.fail(`no second tag ${key} with the same value`, start);
    tags[key] = key in tags ? `${tags[key]},${value}` : value;
  }
  return Object.freeze(tags);
}

function parseLocalData(cursor: DogStatsdCursor): string {
  const start = cursor.position;
  const text = cursor.readWhile(PRINTABLE, 'local data');
  const parts = text.split(',');
  const isTyped = parts.every((part) => /^(ci-[\w.-]+|in-[1-9][0-9]*)$/.test(part));
  const isOnce = new Set(parts.map((part) => part.slice(0, 3))).size === parts.length;
  // In version 1.2 of the protocol the field is a bare container id.
  const isContainerId = /^(?!ci-|in-)[\w.-]+$/.test(text);
  if (!(isTyped && isOnce) && !isContainerId) cursor.fail('ci-<container id>, in-<inode>, or both', start);
  return text;
}
