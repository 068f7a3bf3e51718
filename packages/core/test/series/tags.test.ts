import { flatCopy } from '../../src/series/interning.js';
import {
  isTagsObject,
  isTagValue,
  normalizeValue,
  TAG_SEPARATOR,
  tagKeys,
  truncateValue,
} from '../../src/series/tags.js';

test('objects hold tags, whatever their prototype; other types do not', () => {
  class Labels {
    readonly region = 'eu';
  }
  for (const tags of [{}, new Labels(), Object.create(null), { [Symbol.toStringTag]: 'Labels' }])
    expect(isTagsObject(tags)).toBe(true);
  for (const tags of [new Map(), new Date(), [], 'text', 5]) expect(isTagsObject(tags)).toBe(false);
});

test('strings, numbers and booleans are values', () => {
  for (const value of ['', 'a', 0, Number.NaN, true, false]) expect(isTagValue(value)).toBe(true);
  for (const value of [undefined, null, {}, [], () => {}, Symbol('a'), 1n]) expect(isTagValue(value)).toBe(false);
});

test.each([
  [200, '200'],
  [true, 'true'],
  ['half \uD800 of a character', 'half \uFFFD of a character'],
  ['x'.repeat(200), 'x'.repeat(200)],
  ['x'.repeat(201), 'x'.repeat(200)],
  [`${'x'.repeat(199)}\u{1F600}`, `${'x'.repeat(199)}\uFFFD`],
  ['', ''],
])('the value %j is stored as %j', (value, stored) => {
  expect(normalizeValue(value)).toBe(stored);
  expect(truncateValue(String(value))).toBe(String(value).slice(0, 200));
});

test('tags as strings are in the order of their keys', () => {
  const tags = new Map([
    ['b', '2'],
    ['a', '1'],
  ]);
  expect(tagKeys(tags)).toEqual([`a${TAG_SEPARATOR}1`, `b${TAG_SEPARATOR}2`]);
});

test.each([0, 1, 12, 13, 14, 1000])('a copy of %d characters is equal', (length) => {
  const text = 'abcdefghij'.repeat(100).slice(0, length);
  expect(flatCopy(text)).toBe(text);
});
