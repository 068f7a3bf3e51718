import type { Problem, Series } from '@metrics/core';
import * as fc from 'fast-check';
import { seriesOf } from 'test-kit/series-of';
import { parseStatsd } from 'test-kit/strict-statsd-parser';
import { UdpReceiver } from 'test-kit/udp-receiver';
import { waitUntil } from 'test-kit/wait-until';
import { createBackend, StatsdMetricsBackend, type StatsdOptions } from '../src/index.js';
import { accountedFor } from './accounted-for.js';

let receiver: UdpReceiver;
const backends: StatsdMetricsBackend[] = [];

beforeEach(async () => {
  receiver = await UdpReceiver.start();
});

afterEach(async () => {
  for (const backend of backends.splice(0)) await backend.close({ timeout: 1000 });
  await receiver[Symbol.asyncDispose]();
});

function create(options: StatsdOptions = {}): StatsdMetricsBackend {
  const backend = createBackend({ port: receiver.port, ...options });
  backends.push(backend);
  return backend;
}

/** Opens the series under ids from 0. */
function opened(options: StatsdOptions, ...series: Series[]): StatsdMetricsBackend {
  const backend = create(options);
  series.forEach((one, id) => backend.open(id, one));
  return backend;
}

// https://github.com/statsd/statsd/blob/master/docs/metric_types.md
describe('lines', () => {
  const rich = { tags: { method: 'GET', route: '/users' }, instance: 'eu-1' };

  test.each<[NonNullable<StatsdOptions['tagFormat']>, string[]]>([
    ['none', ['hits.eu-1:5|c', 'depth.eu-1:42.5|g', 'db.eu-1:12.5|ms', 'size.eu-1:320|ms', 'users.eu-1:ann|s']],
    [
      'graphite',
      ['hits:5|c', 'depth:42.5|g', 'db:12.5|ms', 'size:320|ms', 'users:ann|s'].map((line) =>
        line.replace(':', ';method=GET;route=/users;instance=eu-1:'),
      ),
    ],
    [
      'influx',
      ['hits:5|c', 'depth:42.5|g', 'db:12.5|ms', 'size:320|ms', 'users:ann|s'].map((line) =>
        line.replace(':', ',method=GET,route=/users,instance=eu-1:'),
      ),
    ],
    [
      'datadog',
      ['hits:5|c', 'depth:42.5|g', 'db:12.5|ms', 'size:320|ms', 'users:ann|s'].map(
        (line) => `${line}|#method:GET,route:/users,instance:eu-1`,
      ),
    ],
  ])('each kind in tag format %s', async (tagFormat, lines) => {
    const backend = opened(
      { tagFormat },
      seriesOf('counter', 'hits', rich),
      seriesOf('gauge', 'depth', rich),
      seriesOf('timing', 'db', rich),
      seriesOf('distribution', 'size', rich),
      seriesOf('set', 'users', rich),
    );
    backend.incr(0, 2, 1);
    backend.incr(0, 3, 0.1);
    backend.gauge(1, 7);
    backend.gauge(1, 42.5);
    backend.timing(2, 12.5, 1);
    backend.distribution(3, 320, 1);
    backend.set(4, 'ann');
    backend.set(4, 'ann');
    await backend.flush();
    expect(await receiver.waitForLines(5)).toEqual(lines);
    expect(receiver.packets).toHaveLength(1);
    expect(backend.stats()).toEqual(
      expect.objectContaining({ accepted: 8, sent: 8, pending: 0, dropped: {}, packets: 1 }),
    );
  });

  test('a sampled timing carries its rate in plain decimals, before any tags', async () => {
    const backend = opened({ tagFormat: 'datadog' }, seriesOf('timing', 'db', { tags: { table: 'users' } }));
    for (let call = 0; call < 400; call += 1) backend.timing(0, 3, 0.1);
    await backend.flush();
    const { accepted, sampledOut, sent } = backend.stats();
    expect(accepted + sampledOut).toBe(400);
    expect(accepted).toBeGreaterThan(10);
    expect(accepted).toBeLessThan(90);
    const lines = await receiver.waitForLines(sent);
    expect(new Set(lines)).toEqual(new Set(['db:3|ms|@0.1|#table:users']));
    expect(lines).toHaveLength(accepted);
  });

  test('a negative gauge follows a zero in the same packet, at every packet boundary', async () => {
    const backend = create({ maxPacketBytes: 64 });
    for (let id = 0; id < 40; id += 1) {
      backend.open(id, seriesOf('gauge', `g${'x'.repeat(id % 13)}${id}`));
      backend.gauge(id, id % 2 === 0 ? -id - 0.5 : id);
    }
    await backend.flush();
    await receiver.waitForLines(60);
    const values = new Map<string, string>();
    for (const packet of receiver.packets) {
      expect(packet.length).toBeLessThanOrEqual(64);
      const lines = parseStatsd(packet);
      lines.forEach(({ name, value }, index) => {
        if (value.startsWith('-')) expect(lines[index - 1]).toMatchObject({ name, value: '0' });
        values.set(name, value);
      });
    }
    expect(values.size).toBe(40);
    for (let id = 0; id < 40; id += 2) expect(values.get(`g${'x'.repeat(id % 13)}${id}`)).toBe(`${-id - 0.5}`);
  });

  test('a negative value of a distribution is dropped, counted, and reported once', async () => {
    const problems: Problem[] = [];
    let meanwhile: unknown;
    const report = (problem: Problem): void => {
      problems.push(problem);
      meanwhile = backend.stats();
    };
    const backend = opened({}, seriesOf('distribution', 'delta'));
    backend.start({ report, collect: () => {} });
    for (const value of [-1, 5, -0.5, -0]) backend.distribution(0, value, 1);
    await backend.flush();
    expect(await receiver.waitForLines(2)).toEqual(['delta:5|ms', 'delta:0|ms']);
    expect(backend.stats()).toMatchObject({ accepted: 4, sent: 2, dropped: { negative_distribution: 2 }, pending: 0 });
    expect(problems.map(({ code }) => code)).toEqual(['negative_distribution']);
    // The stats are right in the middle of a drain, too.
    expect(meanwhile).toMatchObject({ accepted: 4, pending: 3, dropped: { negative_distribution: 1 } });
  });

  test('without aggregation each sample is a line within a tenth of a second, and counters are sampled', async () => {
    const backend = opened({ aggregation: false }, seriesOf('counter', 'hits'), seriesOf('gauge', 'depth'));
    backend.incr(0, 1, 1);
    backend.incr(0, 1, 1);
    backend.gauge(1, 5);
    backend.gauge(1, -6);
    for (let call = 0; call < 200; call += 1) backend.incr(0, 2, 0.5);
    await receiver.waitForLines(5);
    const { accepted, sampledOut } = backend.stats();
    expect(accepted + sampledOut).toBe(204);
    const lines = await receiver.waitForLines(accepted + 1);
    expect(lines.filter((line) => line === 'hits:1|c')).toHaveLength(2);
    expect(lines.filter((line) => line === 'hits:2|c|@0.5')).toHaveLength(accepted - 4);
    expect(lines.filter((line) => line.startsWith('depth'))).toEqual(['depth:5|g', 'depth:0|g', 'depth:-6|g']);
  });

  test('series that are rendered alike are merged: plain StatsD drops tags, and reports that once', async () => {
    const problems: Problem[] = [];
    const backend = create();
    backend.start({ report: (problem) => problems.push(problem), collect: () => {} });
    backend.open(0, seriesOf('counter', 'jobs done', { tags: { status: '200' } }));
    backend.open(1, seriesOf('counter', 'jobs:done', { tags: { status: '500' } }));
    backend.incr(0, 1, 1);
    backend.incr(1, 2, 1);
    await backend.flush();
    expect(await receiver.waitForLines(1)).toEqual(['jobs_done:3|c']);
    expect(problems).toMatchObject([{ code: 'tags_dropped', metric: 'jobs done', count: 1 }]);
    expect(problems[0]!.message).toContain('tagFormat');
  });
});

describe('packets', () => {
  test('hold at most 4000 bytes on loopback, whole lines, as many as fit', async () => {
    const backend = create();
    for (let id = 0; id < 2000; id += 1) {
      backend.open(id, seriesOf('counter', `packets.of.many.series.${id}`));
      backend.incr(id, id, 1);
    }
    await backend.flush();
    const lines = await receiver.waitForLines(2000);
    expect(new Set(lines)).toEqual(
      new Set(Array.from({ length: 2000 }, (_, id) => `packets.of.many.series.${id}:${id}|c`)),
    );
    for (const packet of receiver.packets) {
      expect(packet.length).toBeLessThanOrEqual(8192);
      expect(packet.endsWith('\n')).toBe(true);
    }
    for (const packet of receiver.packets.slice(0, -1)) expect(packet.length).toBeGreaterThan(4000 - 64);
    expect(backend.stats()).toMatchObject({
      packets: receiver.packets.length,
      bytes: receiver.packets.reduce((bytes, { length }) => bytes + length, 0),
      address: `127.0.0.1:${receiver.port}`,
    });
  });

  test('a line that fits no packet is dropped and counted; the others arrive', async () => {
    const backend = create({ maxPacketBytes: 100 });
    backend.open(0, seriesOf('counter', 'before'));
    backend.open(1, seriesOf('counter', 'x'.repeat(97)));
    backend.open(2, seriesOf('counter', 'y'.repeat(100_000)));
    backend.open(3, seriesOf('counter', 'z'.repeat(95)));
    backend.open(4, seriesOf('counter', ''));
    for (let id = 0; id < 5; id += 1) backend.incr(id, 1, 1);
    await backend.flush();
    expect(await receiver.waitForLines(2)).toEqual(['before:1|c', `${'z'.repeat(95)}:1|c`]);
    expect(backend.stats()).toMatchObject({ accepted: 5, sent: 2, dropped: { line_too_long: 2, empty_name: 1 } });
  });

  test('sums that overflow are dropped', async () => {
    const backend = opened({}, seriesOf('counter', 'a'), seriesOf('counter', 'b'));
    backend.incr(0, 1e308, 1);
    backend.incr(0, 1e308, 1);
    backend.incr(1, 1e21, 1);
    await backend.flush();
    expect(await receiver.waitForLines(1)).toEqual(['b:1000000000000000000000|c']);
    expect(backend.stats()).toMatchObject({ accepted: 3, sent: 1, dropped: { not_finite: 2 } });
  });
});

test('a strict parser reads every line, for any name, tag, instance, member or value', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(...':|@#,;=\n\r\0 a%é\ud800'.split('')) }),
    fc.constantFrom('x:1|c\ny', '__proto__', 'constructor', 'a|@0.5', '|#a:b'),
  );
  const formats = ['none', 'graphite', 'influx', 'datadog'] as const;
  const number = fc.double({ noNaN: true, noDefaultInfinity: true });
  const input = fc.record({
    format: fc.constantFrom(...formats),
    series: fc.array(
      fc.record({
        kind: fc.constantFrom(
          'counter' as const,
          'gauge' as const,
          'timing' as const,
          'distribution' as const,
          'set' as const,
        ),
        name: text.filter((name) => name !== ''),
        tags: fc.dictionary(text, text, { maxKeys: 4 }),
        instance: fc.option(text, { nil: undefined }),
        value: number,
        rate: fc.constantFrom(1, 0.5, 0.001),
        member: text,
      }),
      { maxLength: 20 },
    ),
  });
  await fc.assert(
    fc.asyncProperty(input, async ({ format, series }) => {
      receiver.packets.length = 0;
      const backend = create({ tagFormat: format });
      series.forEach(({ kind, name, tags, instance, value, rate, member }, id) => {
        backend.open(id, seriesOf(kind, name, { tags, instance }));
        if (kind === 'counter') backend.incr(id, value, rate);
        else if (kind === 'gauge') backend.gauge(id, value);
        else if (kind === 'timing') backend.timing(id, Math.abs(value), rate);
        else if (kind === 'distribution') backend.distribution(id, value, rate);
        else backend.set(id, member);
      });
      await backend.flush();
      const stats = backend.stats();
      expect(stats.accepted).toBe(series.length - stats.sampledOut);
      expect(accountedFor(stats)).toBe(stats.accepted);
      await waitUntil(
        () => receiver.packets.length >= stats.packets,
        () => stats,
      );
      const lines = receiver.packets.flatMap((packet) => parseStatsd(packet, format));
      expect(lines.length === 0).toBe(stats.sent === 0);
      for (const { tags } of lines) expect(tags.length).toBeLessThanOrEqual(5);
      await backends.pop()!.close({ timeout: 1000 });
    }),
    { numRuns: 150 },
  );
});

describe('lifecycle', () => {
  test('the timer sends without a flush', async () => {
    const backend = opened({ flushInterval: 20 }, seriesOf('counter', 'hits'));
    backend.incr(0, 1, 1);
    expect(await receiver.waitForLines(1)).toEqual(['hits:1|c']);
    await waitUntil(() => backend.stats().sent === 1);
  });

  test('a released id is reused for another series, and both arrive', async () => {
    const backend = opened({}, seriesOf('counter', 'first'));
    backend.incr(0, 1, 1);
    backend.release(0);
    backend.open(0, seriesOf('counter', 'second'));
    backend.incr(0, 2, 1);
    await backend.flush();
    expect(await receiver.waitForLines(2)).toEqual(['first:1|c', 'second:2|c']);
    backend.incr(0, 3, 1);
    await backend.flush();
    expect(await receiver.waitForLines(3)).toContain('second:3|c');
    backend.release(0);
    backend.open(0, seriesOf('counter', 'third'));
    backend.incr(0, 4, 1);
    await backend.flush();
    expect(await receiver.waitForLines(4)).toContain('third:4|c');
  });

  test('observed gauges are collected before each flush', async () => {
    const backend = opened({}, seriesOf('gauge', 'queue'));
    backend.start({ report: () => {}, collect: () => backend.gauge(0, 11) });
    await backend.flush();
    expect(await receiver.waitForLines(1)).toEqual(['queue:11|g']);
  });

  test('close flushes, is idempotent, and later samples are dropped as closed', async () => {
    const backend = opened({}, seriesOf('counter', 'hits'));
    backend.incr(0, 1, 1);
    await Promise.all([backend.close({ timeout: 1000 }), backend.flush(), backend.close({ timeout: 0 })]);
    backend.incr(0, 1, 1);
    backend.open(1, seriesOf('counter', 'late'));
    backend.incr(1, 1, 1);
    backend.release(0);
    backend.flushSync();
    await backend.flush();
    expect(await receiver.waitForLines(1)).toEqual(['hits:1|c']);
    expect(backend.stats()).toMatchObject({ accepted: 3, sent: 1, dropped: { closed: 2 }, pending: 0 });
  });

  test('flushSync hands everything over before it returns', async () => {
    const backend = opened({}, seriesOf('counter', 'hits'), seriesOf('timing', 'db'));
    backend.incr(0, 1, 1);
    for (let call = 0; call < 2000; call += 1) backend.timing(1, call, 1);
    backend.flushSync();
    expect(backend.stats().dropped).toEqual({});
    expect(await receiver.waitForLines(2001)).toHaveLength(2001);
    await waitUntil(() => backend.stats().sent === 2001);
  });

  test('errors thrown by the host are ignored', async () => {
    const thrower = (): never => {
      throw new Error('broken handler');
    };
    const backend = create();
    backend.start({ report: thrower, collect: () => {} });
    backend.open(0, seriesOf('counter', 'hits', { tags: { a: 'b' } }));
    backend.incr(0, 1, 1);
    await backend.flush();
    expect(await receiver.waitForLines(1)).toEqual(['hits:1|c']);
  });

  test('a packet that the network refuses is kept and reported, and nothing is thrown', async () => {
    const problems: Problem[] = [];
    // Sending to a broadcast address needs a permission that the socket lacks.
    const backend = opened({ host: '255.255.255.255' }, seriesOf('counter', 'a'));
    backend.start({ report: (problem) => problems.push(problem), collect: () => {} });
    for (let round = 0; round < 2; round += 1) {
      backend.incr(0, 1, 1);
      await backend.flush();
    }
    expect(backend.stats()).toEqual(expect.objectContaining({ accepted: 2, sent: 0, dropped: {}, pending: 2 }));
    expect(problems.map(({ code }) => code)).toEqual(['transport_down']);
    expect(backend.stats().lastError).toMatch(/EACCES|ENETUNREACH/);
  });
});

test.each([
  ['influx', [0, 1, -1]],
  ['none', [0.5, 0.75, -1.25]],
  ['datadog', [0.5, 0.75, -1.25]],
] as const)('in format %s a fraction of a counter waits only if Telegraf reads it', async (tagFormat, values) => {
  const backend = opened({ tagFormat }, seriesOf('counter', 'hits'));
  for (const amount of [0.5, 0.75, -1.25]) {
    backend.incr(0, amount, 1);
    await backend.flush();
  }
  expect(await receiver.waitForLines(3)).toEqual(values.map((value) => `hits:${value}|c`));
});

test('DD_* variables change neither the address nor a byte', async () => {
  const variables = {
    DD_AGENT_HOST: '192.0.2.1',
    DD_DOGSTATSD_PORT: '1',
    DD_DOGSTATSD_URL: 'udp://192.0.2.1:1',
    DD_DOGSTATSD_SOCKET: '/nonexistent.sock',
    DD_TAGS: 'leak:yes',
    DATADOG_TAGS: 'leak:yes',
    DD_ENV: 'prod',
    DD_SERVICE: 'shop',
    DD_VERSION: '1',
    DD_ENTITY_ID: 'pod',
    DD_EXTERNAL_ENV: 'it-false',
    DD_CARDINALITY: 'high',
    DATADOG_CARDINALITY: 'high',
    DD_ORIGIN_DETECTION_ENABLED: 'true',
  };
  Object.assign(process.env, variables);
  try {
    const backend = opened({ tagFormat: 'datadog' }, seriesOf('counter', 'hits'), seriesOf('gauge', 'depth'));
    backend.incr(0, 1, 1);
    backend.gauge(1, 2);
    await backend.flush();
    expect(await receiver.waitForLines(2)).toEqual(['hits:1|c', 'depth:2|g']);
    expect(receiver.packets).toEqual(['hits:1|c\ndepth:2|g\n']);
    expect(backend.stats().address).toBe(`127.0.0.1:${receiver.port}`);
  } finally {
    for (const name of Object.keys(variables)) delete process.env[name];
  }
});

test('an IPv6 address is a literal', async () => {
  const six = await UdpReceiver.start('::1').catch(() => undefined);
  // Skipped on a machine without IPv6.
  if (six === undefined) return;
  const backend = opened({ host: '::1', port: six.port }, seriesOf('counter', 'hits'));
  backend.incr(0, 1, 1);
  await backend.flush();
  expect(await six.waitForLines(1)).toEqual(['hits:1|c']);
  expect(backend.stats().address).toBe(`[::1]:${six.port}`);
  await six[Symbol.asyncDispose]();
});

test('an IPv6 address may have brackets, and a host white space around it', () => {
  for (const host of ['[::1]', '::1', ' localhost ', 'my_host.example', '127.0.0.1', 'fe80::1%lo'])
    expect(() => opened({ host })).not.toThrow();
  expect(opened({ host: '[::1]' }).stats().address).toBe('[::1]:' + receiver.port);
});

test.each<[string, unknown, ErrorConstructor]>([
  ['host must be a name or an address, without protocol and port, not 8125.', { host: 8125 }, TypeError],
  ['host must be a name or an address, without protocol and port, not "".', { host: '' }, TypeError],
  ['without protocol and port, not "localhost:8125".', { host: 'localhost:8125' }, TypeError],
  ['without protocol and port, not "udp://localhost".', { host: 'udp://localhost' }, TypeError],
  ['without protocol and port, not a URL.', { host: 'http://user:secret@localhost' }, TypeError],
  ['without protocol and port, not "a b".', { host: 'a b' }, TypeError],
  ['StatsdMetricsBackend: unknown option "hostname"; did you mean "host"?', { hostname: 'a' }, TypeError],
  ['StatsdMetricsBackend: unknown option "statsdHost"; did you mean "host"?', { statsdHost: 'a' }, TypeError],
  ['unknown option "tags"; did you mean "tagFormat"?', { tags: {} }, TypeError],
  ['unknown option "Port"; did you mean "port"?', { Port: 1 }, TypeError],
  ['unknown option "toString"', { toString: 1 }, TypeError],
  ['port must be an integer from 1 to 65535, not NaN.', { port: Number.NaN }, RangeError],
  ['flushInterval must divide 10000 milliseconds, and "1000" does not.', { flushInterval: '1000' }, RangeError],
  ['port must be a number, not "8125".', { port: '8125' }, TypeError],
  ['port must be an integer from 1 to 65535, not 0.', { port: 0 }, RangeError],
  ['port must be an integer from 1 to 65535, not 8125.5.', { port: 8125.5 }, RangeError],
  ['protocol must be one of "udp", "tcp", "uds", not "http".', { protocol: 'http' }, RangeError],
  ['path must name a Unix socket, not undefined.', { protocol: 'uds' }, TypeError],
  ['path is for protocol "uds" only, not "/x".', { path: '/x' }, TypeError],
  ['path is for protocol "uds" only, not "/y".', { protocol: 'tcp', path: '/y' }, TypeError],
  ['path must be a path, not a URL.', { protocol: 'uds', path: 'unix:///x' }, TypeError],
  ['path must be at most 107 bytes', { protocol: 'uds', path: `/${'ä'.repeat(60)}` }, RangeError],
  ['maxPacketBytes must be an integer from 64 to 65507, not 63.', { maxPacketBytes: 63 }, RangeError],
  ['maxPacketBytes must be an integer from 64 to 65507, not NaN.', { maxPacketBytes: Number.NaN }, RangeError],
  ['flushInterval must divide 10000 milliseconds, and 3000 does not.', { flushInterval: 3000 }, RangeError],
  ['flushInterval must divide 10000 milliseconds, and 0 does not.', { flushInterval: 0 }, RangeError],
  ['flushInterval must divide 10000 milliseconds, and an object does not.', { flushInterval: {} }, RangeError],
  ['aggregation must be true or false, not "no".', { aggregation: 'no' }, TypeError],
  [
    'tagFormat must be one of "none", "graphite", "influx", "datadog", not "dogstatsd".',
    { tagFormat: 'dogstatsd' },
    RangeError,
  ],
  ['options must be an object, not "localhost".', 'localhost', TypeError],
])('%s', (message, options, kind) => {
  const construct = () => new StatsdMetricsBackend(options as StatsdOptions);
  expect(construct).toThrow(kind);
  expect(construct).toThrow(message);
});

test('frozen options work, and undefined ones have their defaults', async () => {
  const options = Object.freeze({
    port: receiver.port,
    host: undefined,
    protocol: undefined,
    path: undefined,
    tagFormat: undefined,
  });
  const backend = opened(options, seriesOf('counter', 'hits'));
  backend.incr(0, 1, 1);
  await backend.flush();
  expect(await receiver.waitForLines(1)).toEqual(['hits:1|c']);
});
