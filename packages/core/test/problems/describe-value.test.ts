import { describeValue } from '../../src/problems/describe-value.js';

const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

test.each([
  ['an escape sequence of 8 bits', '\u009b31mred'],
  ['a next line', 'a\u0085b'],
  ['a delete', '\u007f'],
  ['a line separator', 'a\u2028b'],
  ['words that run backwards', '\u202eevil'],
  ['half of a character', '\ud800'],
  ['a newline', 'a\nb'],
])('a message shows %s escaped', (_what, text) => {
  expect(describeValue(text)).not.toMatch(UNSAFE);
  expect(JSON.parse(describeValue(text))).toBe(text);
});

test.each([
  'http://user:sesame@host/',
  'redis://user:sesame@[bad',
  'https://user:p@ss/sesame@host:port',
  `https://${'user'.repeat(20)}:sesame@host`,
  `//${'sesame'.repeat(30)}@host`,
  'http://user:\nsesame@host',
])('a message shows neither user nor password of %j', (url) => {
  expect(describeValue(url)).not.toMatch(/user|sesame/);
});
