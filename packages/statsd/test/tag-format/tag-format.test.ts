import * as fc from 'fast-check';
import { seriesOf } from 'test-kit/series-of';
import { escapeSetMember, sanitize, sanitizeTagValue } from '../../src/line/sanitize.js';
import { type TagFormat, tagEncoders } from '../../src/tag-format/tag-format.js';

const tagged = seriesOf('counter', 'jobs.done', { tags: { status: '200', zone: 'a:b' }, instance: 'worker 1' });

test.each<[TagFormat, string[]]>([
  ['none', ['jobs.done', '.worker_1']],
  ['graphite', ['jobs.done', 'status=200', 'zone=a_b', 'instance=worker_1']],
  ['influx', ['jobs.done', 'status=200', 'zone=a_b', 'instance=worker_1']],
  ['datadog', ['jobs.done', 'status:200', 'zone:a:b', 'instance:worker_1']],
])('encodes a series in format %s', (format, texts) => {
  expect(tagEncoders[format].encode(tagged)).toEqual(texts);
});

test('the instance wins over a tag of its name, without touching the series', () => {
  const series = seriesOf('counter', 'x', { tags: Object.freeze({ instance: 'tag' }), instance: 'own' });
  expect(tagEncoders.datadog.encode(series)).toEqual(['x', 'instance:own']);
});

test('a graphite value does not begin with a tilde, and nothing is empty', () => {
  const series = seriesOf('counter', 'x', { tags: { a: '~home', b: '', c: 'a~b' } });
  expect(tagEncoders.graphite.encode(series)).toEqual(['x', 'a=_home', 'b=_', 'c=a~b']);
});

test.each([
  ['a:b|c@d#e,f;g=h', 'a_b_c_d_e_f_g_h'],
  ['new\nline\r\0tab\t end', 'new_line__tab__end'],
  ['größe', 'gr__e'],
  ['\u{1f600}', '__'],
  ['\ud800', '_'],
  ['', '_'],
  ['items[0]', 'items_0_'],
  ['http.requests/v1-x_y~!', 'http.requests/v1-x_y~!'],
])('the name %j becomes %j', (text, expected) => {
  expect(sanitize(text)).toBe(expected);
});

test('the value of a Datadog tag keeps characters that are not syntax there', () => {
  expect(sanitizeTagValue('/a:b;c=d?x|y,z #')).toBe('/a:b;c=d?x_y_z__');
});

test('no encoded string contains syntax of any format', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(...':|@#,;=\n\r\0 a%é\ud800'.split('')) }),
  );
  fc.assert(
    fc.property(text, fc.dictionary(text, text), fc.option(text, { nil: undefined }), (name, tags, instance) => {
      const series = seriesOf('set', name, { tags, instance });
      for (const format of ['none', 'graphite', 'influx'] as const) {
        for (const part of tagEncoders[format].encode(series))
          expect(part).toMatch(/^([!-~](?<![:|@#,;=[\]]))+(=([!-~](?<![:|@#,;=[\]]))+)?$/);
      }
      for (const part of tagEncoders.datadog.encode(series)) expect(part).toMatch(/^([!-~](?<![|@#,]))+$/);
    }),
    { numRuns: 1000 },
  );
});

describe.each<TagFormat>(['none', 'graphite', 'influx', 'datadog'])('in format %s', (format) => {
  // gostatsd refuses a name that begins with an underscore, the Agent and Telegraf read some as events or service checks.
  test.each([
    ['_e{5,5}', 'e{5_5}'],
    ['_sc', 'sc'],
    ['_errors', 'errors'],
    ['__x', 'x'],
    ['#x', 'x'],
    ['_', 'unnamed'],
    ['名前', 'unnamed'],
    ['a._b', 'a._b'],
  ])('the name %j becomes %j', (name, sent) => {
    const [encoded, ...rest] = tagEncoders[format].encode(seriesOf('counter', name, { tags: { a: 'b' } }));
    expect(encoded).toBe(sent);
    expect(rest).toEqual(format === 'none' ? [] : [format === 'datadog' ? 'a:b' : 'a=b']);
  });
});

test('a Datadog tag does not change the identity of the sender', () => {
  const tags = { 'dd.internal.entity_id': 'uid', 'dd.internal.card': 'high', host: 'a' };
  expect(tagEncoders.datadog.encode(seriesOf('counter', 'x', { tags })).toSorted()).toEqual(
    ['x', 'dd_internal_entity_id:uid', 'dd_internal_card:high', 'host:a'].toSorted(),
  );
});

test('a Graphite tag does not replace the name, and can be queried', () => {
  const tags = { name: 'n', 'a!b^c': '1', names: '2' };
  expect(tagEncoders.graphite.encode(seriesOf('counter', 'x', { tags })).toSorted()).toEqual(
    ['x', 'name_=n', 'a_b_c=1', 'names=2'].toSorted(),
  );
});

test('members are escaped so that two of them never become one', () => {
  expect(escapeSetMember('user:1|x')).toBe('user%3a1%7cx');
  expect(escapeSetMember('größe')).toBe('gr%f6%dfe');
  expect(escapeSetMember('\u4e2d\n')).toBe('%u4e2d%0a');
  expect(escapeSetMember('Łódź')).toBe('%u0141%f3d%u017a');
  expect(escapeSetMember('')).toBe('%');
  expect(escapeSetMember('-5')).toBe('%2d5');
  expect(escapeSetMember('+5')).toBe('%2b5');
  expect(escapeSetMember('5-5')).toBe('5-5');
  const member = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(member, member, (one, other) => {
      expect(escapeSetMember(one)).toMatch(/^(?![+-])[!-~]+$/);
      expect(escapeSetMember(one)).not.toMatch(/[:|]/);
      expect(escapeSetMember(one) === escapeSetMember(other)).toBe(one === other);
    }),
    { numRuns: 1000 },
  );
});
