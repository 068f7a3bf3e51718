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

test.each<[unknown, string]>([
  ['text', '"text"'],
  ['', '""'],
  ['x'.repeat(60), `"${'x'.repeat(60)}"`],
  ['x'.repeat(61), `"${'x'.repeat(60)}…"`],
  [5, '5'],
  [-0.5, '-0.5'],
  [true, 'true'],
  [undefined, 'undefined'],
  [null, 'null'],
  [10n ** 100n, `1${'0'.repeat(59)}`],
  [Symbol('name'), 'Symbol(name)'],
  [() => 'a secret', 'a function'],
  [Map, 'a function'],
  [['a secret'], 'an array'],
  [new Map([['a', 'secret']]), 'a Map'],
  [{ a: 'secret' }, 'an object'],
  [new Date(), 'an object'],
])('a message shows %p as %s', (value, shown) => {
  expect(describeValue(value)).toBe(shown);
});

test('a message shows a proxy that cannot be read as an object', () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  expect(describeValue(proxy)).toBe('an object');
});

test('a message shows what is around user and password', () => {
  expect(describeValue('http://user:sesame@host/path')).toBe('"http://***@host/path"');
});

test('a string of any length takes no time', () => {
  // Only the beginning is read: user and password may be there.
  expect(describeValue(`${'x'.repeat(100)}${'//'.repeat(10_000_000)}`)).toBe(`"${'x'.repeat(60)}…"`);
});
