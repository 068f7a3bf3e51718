import type { MetricsEvent, ServiceCheck } from '@metrics/core';
import { type DogStatsdEvent, type DogStatsdServiceCheck, parseDogStatsd } from '@metrics/testing/servers';
import * as fc from 'fast-check';
import { tagPairs } from 'test-kit/series-of';
import { ConstantTags } from '../../src/line/constant-tags.js';
import type { LineContext } from '../../src/line/event-fields.js';
import { invalidEventField, renderEventLine } from '../../src/line/event-line.js';
import { invalidServiceCheckField, renderServiceCheckLine } from '../../src/line/service-check-line.js';
import { truncateText } from '../../src/line/truncate-text.js';
import { dialects } from '../../src/settings/dialect.js';

const bare: LineContext = { tags: new ConstantTags([], dialects.agent), lineSuffix: '', maxBytes: 8192 };
const rich: LineContext = {
  tags: new ConstantTags(
    [
      ['env', 'prod'],
      ['team', undefined],
    ],
    dialects.agent,
  ),
  lineSuffix: '|c:ci-abc|e:it-false|card:low',
  maxBytes: 8192,
};

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...'m:|\\\n\r#,_é名\u{1f600}\ud800\0'.match(/./gsu)!) }),
);
const maybe = <Value>(values: fc.Arbitrary<Value>) => fc.option(values, { nil: undefined });
const tags = fc.dictionary(text, text, { maxKeys: 4 }).map(tagPairs);

// https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/?tab=events
describe('events', () => {
  test.each<[string, MetricsEvent, LineContext, string]>([
    ['title and text', { title: 'An exception', text: 'Cannot parse' }, bare, '_e{12,12}:An exception|Cannot parse\n'],
    [
      'every field, in the order of the specification',
      {
        title: 'Deployed',
        text: 'version 7',
        timestamp: 1_656_581_400.7,
        hostname: 'web-1',
        aggregationKey: 'deploys',
        priority: 'low',
        sourceTypeName: 'jenkins',
        alertType: 'warning',
        instance: 'blue',
        tags: tagPairs({ service: 'shop' }),
      },
      rich,
      '_e{8,9}:Deployed|version 7|d:1656581400|h:web-1|k:deploys|p:low|s:jenkins|t:warning|#service:shop,instance:blue,env:prod,team|c:ci-abc|e:it-false|card:low\n',
    ],
    [
      'no field with its default value',
      { title: 'a', text: '', priority: 'normal', alertType: 'info' },
      bare,
      '_e{1,0}:a|\n',
    ],
    ['lengths in bytes of UTF-8', { title: 'é', text: '名前 😀' }, bare, '_e{2,11}:é|名前 😀\n'],
    [
      'line breaks as backslash-n, counted as two',
      { title: 'a\nb', text: 'c\r\nd\re' },
      bare,
      '_e{4,7}:a\\nb|c\\nd\\ne\n',
    ],
    ['a bar in title and text, which have lengths', { title: 'a|b', text: '|#x|' }, bare, '_e{3,4}:a|b||#x|\n'],
    [
      'no bar or line in any other field',
      { title: 'a', text: 'b', hostname: 'h|t:error\nx:1|c', aggregationKey: 'k\n', sourceTypeName: '' },
      bare,
      '_e{1,1}:a|b|h:h_t:error\\nx:1_c|k:k\\n\n',
    ],
    [
      'a tag of a call instead of a constant one',
      { title: 'a', text: 'b', tags: tagPairs({ env: 'test' }) },
      rich,
      '_e{1,1}:a|b|#env:test,team|c:ci-abc|e:it-false|card:low\n',
    ],
    ['an empty title as an underscore', { title: '', text: 'b' }, bare, '_e{1,1}:_|b\n'],
    [
      'half a character, and control characters',
      { title: '\ud800\0', text: '\x7f\x85\t' },
      bare,
      '_e{4,3}:\ufffd |   \n',
    ],
    [
      'a timestamp of the far future',
      { title: 'a', text: 'b', timestamp: 99_999_999_999.5 },
      bare,
      '_e{1,1}:a|b|d:99999999999\n',
    ],
    ['no invalid timestamp', { title: 'a', text: 'b', timestamp: -5 }, bare, '_e{1,1}:a|b\n'],
  ])('%s', (_what, event, context, line) => {
    expect(renderEventLine(event, context)).toBe(line);
  });

  test('values of other types, from callers without a compiler, are ignored', () => {
    const event = {
      title: 5,
      text: undefined,
      timestamp: Symbol('now'),
      hostname: {},
      alertType: 'x|h:y',
      priority: 1,
    };
    expect(renderEventLine(event as unknown as MetricsEvent, bare)).toBe('_e{1,0}:_|\n');
  });

  // https://docs.datadoghq.com/api/latest/events/
  test('title and text are truncated at the limits of Datadog, in characters', () => {
    const [event] = parseDogStatsd(
      renderEventLine(
        { title: '😀'.repeat(501), text: 'é'.repeat(2000) + 'x'.repeat(2001) },
        { ...bare, maxBytes: 65_000 },
      ),
    ) as [DogStatsdEvent];
    expect(Array.from(event.title)).toHaveLength(500);
    expect(event.text).toBe('é'.repeat(2000) + 'x'.repeat(2000));
  });

  test('text and then title are truncated to the size of a packet, between two characters', () => {
    for (let maxBytes = 100; maxBytes < 130; maxBytes += 1) {
      for (const character of ['x', 'é', '名', '😀', '\n']) {
        const long = renderEventLine({ title: 'title', text: character.repeat(500) }, { ...rich, maxBytes });
        expect(Buffer.byteLength(long)).toBeLessThanOrEqual(maxBytes);
        const [event] = parseDogStatsd(long) as [DogStatsdEvent];
        expect(event.title).toBe('title');
        expect(new Set(event.text)).toEqual(new Set(character));
        const longer = renderEventLine({ title: character.repeat(400), text: 'text' }, { ...rich, maxBytes });
        expect(Buffer.byteLength(longer)).toBeLessThanOrEqual(maxBytes);
        expect(parseDogStatsd(longer)).toHaveLength(1);
        expect(Buffer.byteLength(longer)).toBeGreaterThan(maxBytes - 12);
      }
    }
  });

  test('with any content, they parse strictly into the same values', () => {
    const event = fc.record({
      title: text.filter((title) => title !== ''),
      text,
      alertType: maybe(fc.constantFrom('error', 'warning', 'info', 'success')),
      priority: maybe(fc.constantFrom('normal', 'low')),
      aggregationKey: maybe(text),
      sourceTypeName: maybe(text),
      hostname: maybe(text),
      timestamp: maybe(fc.oneof(fc.double(), fc.integer({ min: 1, max: 2 ** 31 }))),
      instance: maybe(text),
      tags: maybe(tags),
    });
    fc.assert(
      fc.property(
        event,
        fc.constantFrom(bare, rich),
        fc.integer({ min: 300, max: 8192 }),
        (given, context, maxBytes) => {
          const line = renderEventLine(given, { ...context, maxBytes });
          if (Buffer.byteLength(line) > maxBytes) return;
          const messages = parseDogStatsd(line);
          expect(messages).toHaveLength(1);
          const [parsed] = messages as [DogStatsdEvent];
          expect(parsed.type).toBe('_e');
          expect(plain(given.title).startsWith(parsed.title)).toBe(true);
          expect(plain(given.text).startsWith(parsed.text)).toBe(true);
          expect(parsed.alertType ?? 'info').toBe(given.alertType ?? 'info');
        },
      ),
      { numRuns: 1000 },
    );
  });
});

// https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/?tab=servicechecks
test.each([
  [{ alertType: 'fatal' }, 'alertType'],
  [{ priority: 'high' }, 'priority'],
  [{ timestamp: -1 }, 'timestamp'],
  [{ timestamp: 1e11 }, 'timestamp'],
  [{ timestamp: '1700000000' }, 'timestamp'],
  [{ timestamp: Number.NaN }, 'timestamp'],
  [{ alertType: 'error', priority: 'low', timestamp: 1e11 - 1 }, undefined],
  [{ timestamp: 0 }, undefined],
  [{}, undefined],
])('of an event with %j, the field %s is reported as invalid', (fields, field) => {
  expect(invalidEventField({ title: 'a', text: 'b', ...fields } as MetricsEvent)).toBe(field);
});

test.each([
  [{ status: 'down' }, 'status'],
  [{ status: 'ok', timestamp: -1 }, 'timestamp'],
  [{ status: 'ok', timestamp: 1e11 }, 'timestamp'],
  [{ status: 'unknown', timestamp: 1 }, undefined],
])('of a service check with %j, the field %s is reported as invalid', (fields, field) => {
  expect(invalidServiceCheckField({ name: 'a', ...fields } as ServiceCheck)).toBe(field);
});

test.each([
  ['abc', 3, 'abc'],
  ['abc', 2, 'ab'],
  ['é', 2, 'é'],
  ['é', 1, ''],
  ['a\n', 3, 'a\\n'],
  ['a\n', 2, 'a'],
  ['a\u00a0b', 10, 'a\u00a0b'],
  ['\u009f\udfff', 10, ' \ufffd'],
])('of %j at most %i bytes are kept: %j', (full, bytes, expected) => {
  expect(truncateText(full, { bytes })).toBe(expected);
});

describe('service checks', () => {
  test.each<[string, ServiceCheck, LineContext, string]>([
    ['name and status', { name: 'Redis connection', status: 'ok' }, bare, '_sc|Redis_connection|0\n'],
    [
      'every field, the message last',
      {
        name: 'redis.can_connect',
        status: 'critical',
        message: 'timed out after 10s',
        hostname: 'web-1',
        timestamp: 1_656_581_400,
        tags: tagPairs({ redis: '1' }),
      },
      rich,
      '_sc|redis.can_connect|2|d:1656581400|h:web-1|#redis:1,env:prod,team|c:ci-abc|e:it-false|card:low|m:timed out after 10s\n',
    ],
    [
      'a message with every reserved string',
      { name: 'a', status: 'warning', message: 'm:x|m:\ny' },
      bare,
      '_sc|a|1|m:m\\:x_m\\:\\ny\n',
    ],
    ['no empty message', { name: 'a', status: 'unknown', message: '' }, bare, '_sc|a|3\n'],
    ['no injection by a name', { name: 'a|0\nb:1|c', status: 'ok' }, bare, '_sc|a_0_b_1_c|0\n'],
    ['an unknown status as unknown', { name: 'a', status: 'down' as 'ok' }, bare, '_sc|a|3\n'],
    ['a status that every object has as unknown', { name: 'a', status: 'constructor' as 'ok' }, bare, '_sc|a|3\n'],
  ])('%s', (_what, check, context, line) => {
    expect(renderServiceCheckLine(check, context)).toBe(line);
  });

  test('a message is truncated to the size of a packet', () => {
    const line = renderServiceCheckLine(
      { name: 'a', status: 'ok', message: '名'.repeat(5000) },
      { ...rich, maxBytes: 1432 },
    );
    expect(Buffer.byteLength(line)).toBeGreaterThan(1432 - 4);
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(1432);
    expect(parseDogStatsd(line)).toHaveLength(1);
  });

  test('with any content, they parse strictly into the same values', () => {
    const check = fc.record({
      name: text,
      status: fc.constantFrom('ok', 'warning', 'critical', 'unknown'),
      message: maybe(text),
      hostname: maybe(text),
      timestamp: maybe(fc.double()),
      tags: maybe(tags),
    });
    fc.assert(
      fc.property(check, fc.constantFrom(bare, rich), (given, context) => {
        const messages = parseDogStatsd(renderServiceCheckLine(given, context));
        expect(messages).toHaveLength(1);
        const [parsed] = messages as [DogStatsdServiceCheck];
        expect(parsed).toMatchObject({ type: '_sc', status: given.status });
        expect(parsed.message ?? '').toBe(plain((given.message ?? '').replaceAll('m\\:', 'm:')).replaceAll('|', '_'));
      }),
      { numRuns: 1000 },
    );
  });
});

/** Returns a string as it arrives if it is not too long. */
function plain(given: string): string {
  return given
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/(?!\n)\p{Cc}/gu, ' ')
    .replaceAll(/\p{Cs}/gu, '\ufffd')
    .replaceAll('\\n', '\n');
}
