import { redact } from '../../src/problems/redact.js';

const secret = 'a secret value';

test('strings of the options are hidden, wherever they are in the options and in the message', () => {
  const options = { key: secret, nested: [{ deep: { host: 'intake.example' } }], port: 8125 };
  expect(redact(new Error(`no ${secret} at intake.example:8125, ${secret}`), options)).toBe('no *** at ***:8125, ***');
});

test('a string of three characters is hidden, and one of two is not', () => {
  expect(redact(new Error('abc ab abc'), ['abc', 'ab'])).toBe('*** ab ***');
});

test('a number of six digits is hidden, and a port is not', () => {
  expect(redact(new Error('123456 12345'), [123_456, 12_345])).toBe('*** 12345');
});

test('a string is hidden as messages write it: escaped, trimmed or cut', () => {
  expect(redact(new Error('not "quo\\"ted"'), 'quo"ted')).toBe('not "***"');
  expect(redact(new Error('not key'), '  key\n')).toBe('not ***');
  const long = 'k'.repeat(100);
  expect(redact(new Error(`not ${long.slice(0, 60)}…`), long)).toBe('not ***…');
  const quoted = '"'.repeat(100);
  expect(redact(new Error(`not ${JSON.stringify(quoted).slice(1, 61)}…`), quoted)).toBe('not ***…');
  expect(redact(new Error(`not ${quoted.slice(0, 60)}…`), quoted)).toBe('not ***…');
});

test('of two strings the longer one is hidden first', () => {
  expect(redact(new Error('secret-and-more'), ['secret', 'secret-and-more'])).toBe('***');
  expect(redact(new Error('secret-and-more'), ['secret-and-more', 'secret'])).toBe('***');
  expect(redact(new Error('secret-and-more'), ['and', 'secret-and-more', 'secret'])).toBe('***');
});

test('a URL is hidden, which keeps its parts in private fields', () => {
  expect(redact(new Error('no http://user:pass@host/'), { url: new URL('http://user:pass@host') })).toBe('no ***');
});

test('options that contain themselves, throw or are no object hide what they can', () => {
  const options: Record<string, unknown> = { key: secret, none: null, missing: undefined, call: () => secret };
  options['self'] = options;
  Object.defineProperty(options, 'broken', {
    enumerable: true,
    get() {
      throw new Error(secret);
    },
  });
  expect(redact(new Error('no secret'), options)).toBe('no secret');
  expect(redact(new Error(`no ${secret}`), [{ key: secret }, options])).toBe('no ***');
  for (const other of [undefined, null, 5, true, () => {}]) expect(redact(new Error('plain'), other)).toBe('plain');
});

test('values of other types hide nothing', () => {
  const options = { flag: true, none: null, missing: undefined, call: () => 'a result' };
  const message = 'true null undefined () => a result';
  expect(redact(new Error(message), options)).toBe(message);
});

test('the first line of any thrown value is returned', () => {
  expect(redact(new Error('first\nsecond'), {})).toBe('first');
  expect([redact('text', {}), redact(undefined, {}), redact(null, {}), redact(5, {})]).toEqual([
    'text',
    'undefined',
    'null',
    '5',
  ]);
});
