import type { DogStatsdCursor, FieldReader } from './dogstatsd-cursor.js';
import type { DogStatsdOrigin, DogStatsdTags } from './dogstatsd-message.js';

// What metrics, events and service checks have in common.

/** `#…` and the fields that say where a message came from. */
export const commonFields: Readonly<Record<string, FieldReader<DogStatsdOrigin & { tags: DogStatsdTags }>>> = {
  '#': (cursor) => ({ tags: takeTags(cursor) }),
  'c:': (cursor) => ({ localData: takeLocalData(cursor) }),
  'e:': (cursor) => ({ externalData: cursor.take(PRINTABLE, 'external data of printable ASCII') }),
  'card:': (cursor) => ({ cardinality: cursor.takeWord(['none', 'low', 'orchestrator', 'high']) }),
};

export const noTags: DogStatsdTags = Object.freeze(Object.create(null) as Record<string, string>);

/** One or more characters, none of them a control character or `|`. Bytes from 128 are parts of UTF-8. */
export function takeText(cursor: DogStatsdCursor, what: string): string {
  return cursor.take(/[ -{}~\x80-\xff]+/y, what);
}

export function takeSeconds(cursor: DogStatsdCursor): number {
  const start = cursor.at;
  const seconds = Number(cursor.take(/[1-9][0-9]*/y, 'whole seconds since the epoch, greater than 0'));
  cursor.endField();
  if (seconds > LAST_SECOND) cursor.fail('seconds since the epoch, not a smaller unit', start);
  return seconds;
}

/** In the year 2286. Milliseconds have more digits. */
const LAST_SECOND = 9_999_999_999;

const PRINTABLE = /[!-{}~]+/y;

/** `key:value,key,…` */
function takeTags(cursor: DogStatsdCursor): DogStatsdTags {
  const tags = Object.create(null) as Record<string, string>;
  for (let more = true; more; more = cursor.skips(',')) {
    const start = cursor.at;
    const key = cursor.take(/[ -+\--9;-{}~\x80-\xff]+/y, 'the key of a tag');
    if (key in tags) cursor.fail(`no second tag ${key}`, start);
    tags[key] = cursor.skips(':') ? cursor.take(/[ -+\--{}~\x80-\xff]+/y, 'the value of a tag') : '';
  }
  return Object.freeze(tags);
}

function takeLocalData(cursor: DogStatsdCursor): string {
  const start = cursor.at;
  const text = cursor.take(PRINTABLE, 'local data');
  const parts = text.split(',');
  const isTyped = parts.every((part) => /^(ci-[\w.-]+|in-[1-9][0-9]*)$/.test(part));
  const isOnce = new Set(parts.map((part) => part.slice(0, 3))).size === parts.length;
  // Version 1.2 of the protocol has the container id alone.
  const isContainerId = /^(?!ci-|in-)[\w.-]+$/.test(text);
  if (!(isTyped && isOnce) && !isContainerId) cursor.fail('ci-<container id>, in-<inode>, or both', start);
  return text;
}
