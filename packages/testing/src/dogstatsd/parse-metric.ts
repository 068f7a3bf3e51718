import type { DogStatsdCursor, FieldParser } from './dogstatsd-cursor.js';
import type { DogStatsdMember, DogStatsdMetric, DogStatsdValues } from './dogstatsd-message.js';
import { commonFields, NO_TAGS, parseSeconds } from './parse-fields.js';

const TYPES = ['c', 'g', 'ms', 'h', 'd', 's'] as const;

const timestampFields: Readonly<Record<string, FieldParser<DogStatsdValues>>> = {
  ...commonFields,
  T: (cursor) => ({ timestamp: parseSeconds(cursor) }),
};
const sampledFields: Readonly<Record<string, FieldParser<DogStatsdValues>>> = {
  '@': (cursor) => ({ sampleRate: parseUnitFractionRate(cursor) }),
  ...commonFields,
};
const valueFields: Readonly<Record<DogStatsdValues['type'], typeof timestampFields>> = {
  c: { '@': (cursor) => ({ sampleRate: parseRate(cursor) }), ...timestampFields },
  g: timestampFields,
  ms: sampledFields,
  h: sampledFields,
  d: sampledFields,
};

/** Parses `name:value[:value…]|type[|field…]`. */
export function parseMetric(cursor: DogStatsdCursor): DogStatsdMetric {
  const name = cursor.readWhile(/[!"$-+\--9;-?A-{}~]+/y, 'a name of printable ASCII without , : | @ #');
  cursor.consume(':');
  // The type decides how values are parsed, and follows them: skip to it first.
  const start = cursor.position;
  cursor.readWhile(/[^|\n]*/y, 'a value');
  const end = cursor.position;
  cursor.consume('|');
  const type = cursor.readWord(TYPES);
  const fields = cursor.position;
  cursor.position = start;
  if (type === 's') {
    const member = parseMember(cursor, end);
    cursor.position = fields;
    return { type, name, member, tags: NO_TAGS, ...cursor.parseFields<DogStatsdMember>(commonFields) };
  }
  const values = parseValues(cursor, end);
  cursor.position = fields;
  return { type, name, values, sampleRate: 1, tags: NO_TAGS, ...cursor.parseFields(valueFields[type]) };
}

function parseMember(cursor: DogStatsdCursor, end: number): string {
  const member = cursor.readWhile(/[ -9;-{}~\x80-\xff]+/y, 'a member of a set');
  if (cursor.position !== end) cursor.fail("'|' after one member without a colon");
  return member;
}

function parseValues(cursor: DogStatsdCursor, end: number): number[] {
  const values: number[] = [];
  for (let more = true; more; more = cursor.tryConsume(':')) {
    const start = cursor.position;
    const value = Number(cursor.readWhile(/-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?/y, 'a decimal number'));
    if (!Number.isFinite(value)) cursor.fail('a number that fits 64 bits', start);
    values.push(value);
  }
  if (cursor.position !== end) cursor.fail("':' or '|' after a decimal number without an exponent");
  return values;
}

function parseRate(cursor: DogStatsdCursor): number {
  const start = cursor.position;
  const rate = Number(cursor.readWhile(/(?:0|[1-9][0-9]*)(?:\.[0-9]+)?/y, 'a rate'));
  cursor.expectFieldEnd();
  if (!(rate > 0 && rate <= 1)) cursor.fail('a rate greater than 0 and at most 1', start);
  return rate;
}

/**
 * Parses a rate of 1/n. The Agent counts a sample of these types `trunc(1 / rate)` times, so the inverse of the rate
 * must be an integer, within a thousandth.
 */
function parseUnitFractionRate(cursor: DogStatsdCursor): number {
  const start = cursor.position;
  const rate = parseRate(cursor);
  const weight = 1 / rate;
  const counted = Math.trunc(weight);
  if (counted !== Math.round(weight) || weight - counted > weight / 1000)
    cursor.fail(`the inverse of an integer (the Agent counts ${counted} samples, not ${weight})`, start);
  return rate;
}
