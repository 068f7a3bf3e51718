import type { DogStatsdCursor, FieldReader } from './dogstatsd-cursor.js';
import type { DogStatsdMember, DogStatsdMetric, DogStatsdValues } from './dogstatsd-message.js';
import { commonFields, noTags, takeSeconds } from './parse-fields.js';

const TYPES = ['c', 'g', 'ms', 'h', 'd', 's'] as const;

const timed: Readonly<Record<string, FieldReader<DogStatsdValues>>> = {
  ...commonFields,
  T: (cursor) => ({ timestamp: takeSeconds(cursor) }),
};
const weighed: Readonly<Record<string, FieldReader<DogStatsdValues>>> = {
  '@': (cursor) => ({ sampleRate: takeWholeRate(cursor) }),
  ...commonFields,
};
const valueFields: Readonly<Record<DogStatsdValues['type'], typeof timed>> = {
  c: { '@': (cursor) => ({ sampleRate: takeRate(cursor) }), ...timed },
  g: timed,
  ms: weighed,
  h: weighed,
  d: weighed,
};

/** `name:value[:value…]|type[|field…]` */
export function takeMetric(cursor: DogStatsdCursor): DogStatsdMetric {
  const name = cursor.take(/[!"$-+\--9;-?A-{}~]+/y, 'a name of printable ASCII without , : | @ #');
  cursor.skip(':');
  // The type says what a value is, and stands behind it.
  const start = cursor.at;
  cursor.take(/[^|\n]*/y, 'a value');
  const end = cursor.at;
  cursor.skip('|');
  const type = cursor.takeWord(TYPES);
  const fields = cursor.at;
  cursor.at = start;
  if (type === 's') {
    const member = takeMember(cursor, end);
    cursor.at = fields;
    return { type, name, member, tags: noTags, ...cursor.takeFields<DogStatsdMember>(commonFields) };
  }
  const values = takeValues(cursor, end);
  cursor.at = fields;
  return { type, name, values, sampleRate: 1, tags: noTags, ...cursor.takeFields(valueFields[type]) };
}

function takeMember(cursor: DogStatsdCursor, end: number): string {
  const member = cursor.take(/[ -9;-{}~\x80-\xff]+/y, 'a member of a set');
  if (cursor.at !== end) cursor.fail("'|' behind one member without a colon");
  return member;
}

function takeValues(cursor: DogStatsdCursor, end: number): number[] {
  const values: number[] = [];
  for (let more = true; more; more = cursor.skips(':')) {
    const start = cursor.at;
    const value = Number(cursor.take(/-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?/y, 'a decimal number'));
    if (!Number.isFinite(value)) cursor.fail('a number that fits 64 bits', start);
    values.push(value);
  }
  if (cursor.at !== end) cursor.fail("':' or '|' behind a decimal number without an exponent");
  return values;
}

function takeRate(cursor: DogStatsdCursor): number {
  const start = cursor.at;
  const rate = Number(cursor.take(/(?:0|[1-9][0-9]*)(?:\.[0-9]+)?/y, 'a rate'));
  cursor.endField();
  if (!(rate > 0 && rate <= 1)) cursor.fail('a rate greater than 0 and at most 1', start);
  return rate;
}

/**
 * The Agent counts a sample of these types `trunc(1 / rate)` times, so that must be what the client meant: the nearest
 * integer, and not off by more than a thousandth.
 */
function takeWholeRate(cursor: DogStatsdCursor): number {
  const start = cursor.at;
  const rate = takeRate(cursor);
  const weight = 1 / rate;
  const counted = Math.trunc(weight);
  if (counted !== Math.round(weight) || weight - counted > weight / 1000)
    cursor.fail(`the inverse of an integer (the Agent counts ${counted} samples, not ${weight})`, start);
  return rate;
}
