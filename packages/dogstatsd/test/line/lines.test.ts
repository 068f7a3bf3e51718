import { createMetrics, type Problem, type Series } from '@metrics/core';
import { type DogStatsdMessage, parseDogStatsd } from '@metrics/testing/servers';
import * as fc from 'fast-check';
import { seriesOf } from 'test-kit/series-of';
import { UdpReceiver } from 'test-kit/udp-receiver';
import { createBackend, type DogStatsdMetricsBackend, type DogStatsdOptions } from '../../src/index.js';

let receiver: UdpReceiver;
const backends: DogStatsdMetricsBackend[] = [];

beforeEach(async () => {
  receiver = await UdpReceiver.start();
});

afterEach(async () => {
  for (const backend of backends.splice(0)) await backend.close({ timeout: 1000 });
  await receiver[Symbol.asyncDispose]();
});

/** Opens the series under ids from 0. */
function opened(options: DogStatsdOptions, ...series: Series[]): DogStatsdMetricsBackend {
  const backend = createBackend({ statsdPort: receiver.port, containerId: false, telemetry: false, ...options });
  backends.push(backend);
  series.forEach((one, id) => backend.open(id, one));
  return backend;
}

/** Parses the received packets strictly. */
function messages(): DogStatsdMessage[] {
  return receiver.packets.flatMap((packet) => parseDogStatsd(Buffer.from(packet, 'latin1')));
}

/** Returns the values of a series in the order of arrival. */
function values(name: string): number[] {
  return messages().flatMap((message) => ('values' in message && message.name === name ? message.values : []));
}

// https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/
describe('lines', () => {
  const rich = { tags: { method: 'GET', route: '/users/größe' }, instance: 'eu-1' };
  const kinds = [
    seriesOf('counter', 'hits', rich),
    seriesOf('gauge', 'depth', rich),
    seriesOf('timing', 'db', rich),
    seriesOf('distribution', 'size', rich),
    seriesOf('set', 'users', rich),
  ];

  test('each kind, with its tags, the constant tags and the origin', async () => {
    const backend = opened(
      { tags: { env: 'prod' }, containerId: 'ci-abc', externalData: 'it-false', cardinality: 'low', entityId: 'uid' },
      ...kinds,
    );
    backend.incr(0, 2, 1);
    backend.incr(0, 3, 0.1);
    backend.gauge(1, 7);
    backend.gauge(1, -42.5);
    backend.timing(2, 12.5, 1);
    backend.distribution(3, 320, 1);
    backend.distribution(3, -1, 1);
    backend.set(4, 'ann');
    backend.set(4, 'ann');
    await backend.flush();
    const suffix =
      '|#method:GET,route:/users/größe,instance:eu-1,env:prod,dd.internal.entity_id:uid|c:ci-abc|e:it-false|card:low';
    await receiver.waitForLines(5);
    expect(Buffer.from(receiver.packets.join(''), 'latin1').toString()).toBe(
      ['hits:5|c', 'depth:-42.5|g', 'db:12.5|ms', 'size:320:-1|d', 'users:ann|s']
        .map((line) => `${line}${suffix}\n`)
        .join(''),
    );
    expect(messages()).toHaveLength(5);
    expect(backend.stats()).toEqual(
      expect.objectContaining({ accepted: 9, sent: 9, pending: 0, dropped: {}, packets: 1 }),
    );
  });

  test('wire types, in general and by name', async () => {
    const backend = opened(
      { wireTypes: { timing: 'd', 'legacy.*': 'h' } },
      seriesOf('timing', 'db'),
      seriesOf('timing', 'legacy.db'),
      seriesOf('distribution', 'legacy.db'),
    );
    backend.timing(0, 1, 1);
    backend.timing(1, 2, 1);
    backend.distribution(2, 3, 1);
    await backend.flush();
    expect(await receiver.waitForLines(2)).toEqual(['db:1|d', 'legacy.db:2:3|h']);
  });

  test('a sampled value carries a rate whose inverse the Agent truncates to the right integer', async () => {
    const backend = opened({}, seriesOf('distribution', 'size', { tags: { a: 'b' } }));
    for (let call = 0; call < 40_000; call += 1) backend.distribution(0, 3, 1 / 93);
    await backend.flush();
    const { accepted, sampledOut, sent } = backend.stats();
    expect(accepted + sampledOut).toBe(40_000);
    expect(sent).toBe(accepted);
    expect(accepted).toBeGreaterThan(250);
    expect(accepted).toBeLessThan(650);
    await receiver.waitForLines(1);
    const [message] = messages();
    expect(message).toMatchObject({ type: 'd', name: 'size', tags: { a: 'b' } });
    expect(message && 'sampleRate' in message && Math.trunc(1 / message.sampleRate)).toBe(93);
    expect(values('size')).toHaveLength(accepted);
  });

  test('a counter or a gauge with a timestamp bypasses aggregation', async () => {
    const backend = opened(
      { tags: { env: 'prod' }, cardinality: 'none' },
      seriesOf('counter', 'imported', { tags: { a: 'b' } }),
      seriesOf('gauge', 'level'),
      seriesOf('timing', 'db'),
    );
    backend.recordAt!(0, 3, 1_656_581_400);
    backend.recordAt!(0, 4, 1_656_581_400.9);
    backend.recordAt!(1, -0.5, 1_656_581_460);
    backend.recordAt!(1, 1, 0.5);
    backend.recordAt!(2, 1, 1_656_581_460);
    backend.recordAt!(9, 1, 1_656_581_460);
    await backend.flush();
    expect(await receiver.waitForLines(3)).toEqual([
      'imported:3|c|#a:b,env:prod|T1656581400|card:none',
      'imported:4|c|#a:b,env:prod|T1656581400|card:none',
      'level:-0.5|g|#env:prod|T1656581460|card:none',
    ]);
    expect(messages()).toHaveLength(3);
    const dropped = { invalid_timestamp: 1, wrong_kind: 1, unknown_series: 1 };
    expect(backend.stats()).toMatchObject({ accepted: 6, sent: 3, pending: 0, dropped });
  });

  test('events and service checks are in the next flush, each counted as one sample', async () => {
    const backend = opened({ tags: { env: 'prod' } });
    backend.event!({ title: 'deployed', text: 'two\nlines', tags: [['a', 'b']] });
    backend.serviceCheck!({ name: 'db', status: 'critical', message: 'gone' });
    expect(backend.stats()).toMatchObject({ accepted: 2, pending: 2 });
    await backend.flush();
    expect(await receiver.waitForLines(2)).toEqual([
      '_e{8,10}:deployed|two\\nlines|#a:b,env:prod',
      '_sc|db|2|#env:prod|m:gone',
    ]);
    expect(backend.stats()).toMatchObject({ accepted: 2, sent: 2, pending: 0 });
  });

  test('an event or a check of another caller whose fields would change is dropped as invalid_value', async () => {
    const problems: Problem[] = [];
    const backend = opened({});
    backend.start({ report: (problem) => problems.push(problem), collect: () => {} });
    backend.event!({ title: 'a', text: 'b', alertType: 'ERROR' as 'error' });
    backend.event!({ title: 'a', text: 'b', priority: 'high' as 'low' });
    backend.event!({ title: 'a', text: 'b', timestamp: 1_656_581_400_000 });
    backend.serviceCheck!({ name: 'db', status: 'constructor' as 'ok' });
    backend.serviceCheck!({ name: 'db', status: 'ok', timestamp: Number.NaN });
    backend.serviceCheck!({ name: 'db', status: 'ok', timestamp: 0 });
    await backend.flush();
    expect(await receiver.waitForLines(1)).toEqual(['_sc|db|0']);
    expect(backend.stats()).toMatchObject({ accepted: 6, sent: 1, dropped: { invalid_value: 5 } });
    expect(problems.map(({ code, metric }) => [code, metric])).toContainEqual(['invalid_value', 'a']);
  });

  test('fields of events and service checks as the facade normalizes them', async () => {
    const problems: Problem[] = [];
    const metrics = createMetrics({ backend: opened({}), onError: (problem) => problems.push(problem) });
    metrics.serviceCheck({ name: 'db', status: 2, timestamp: new Date(1_656_581_400_000) });
    metrics.serviceCheck({ name: 'db', status: 'WARNING' });
    metrics.serviceCheck({ name: 'db', status: 'down' as 'ok' });
    metrics.event({ title: 'a', text: 'b', alertType: 'ERROR', timestamp: 1_656_581_400_999 });
    metrics.event({ title: 'a', text: 'b', alertType: 'danger' as 'error' });
    metrics.event({ title: 'a', text: 'b', instance: 'x'.repeat(100_000) });
    await metrics.flush();
    expect(await receiver.waitForLines(4)).toEqual([
      '_sc|db|2|d:1656581400',
      '_sc|db|1',
      '_e{1,1}:a|b|d:1656581400|t:error',
      `_e{1,1}:a|b|#instance:${'x'.repeat(200)}`,
    ]);
    expect(messages()).toHaveLength(4);
    expect(metrics.stats()).toMatchObject({ dropped: { invalid_value: 2 }, backend: { accepted: 4, sent: 4 } });
    expect(problems.map(({ code, value }) => [code, value])).toEqual([
      ['invalid_value', '"down"'],
      ['invalid_value', '"danger"'],
    ]);
    await metrics.close();
  });

  test('a name that the Agent would read as a service check or an event loses its underscore', async () => {
    const backend = opened(
      {},
      ...['_sc.x', '__sca', '_e{1,2}', '_e', ':scan'].map((name) => seriesOf('counter', name)),
    );
    for (let id = 0; id < 5; id += 1) backend.incr(id, 1, 1);
    await backend.flush();
    expect(await receiver.waitForLines(5)).toEqual(['sc.x:1|c', 'sca:1|c', 'e{1_2}:1|c', '_e:1|c', 'scan:1|c']);
  });

  test('a tag of a series replaces a constant one, and that is reported once', async () => {
    const problems: Problem[] = [];
    const backend = opened(
      { tags: { env: 'prod', zone: 'a' } },
      seriesOf('counter', 'same', { tags: { env: 'prod' } }),
      seriesOf('counter', 'other', { tags: { env: 'test' } }),
      seriesOf('counter', 'third', { tags: { zone: 'b' } }),
    );
    backend.start({ report: (problem) => problems.push(problem), collect: () => {} });
    for (let id = 0; id < 3; id += 1) backend.incr(id, 1, 1);
    await backend.flush();
    expect(await receiver.waitForLines(3)).toEqual([
      'same:1|c|#env:prod,zone:a',
      'other:1|c|#env:test,zone:a',
      'third:1|c|#zone:b,env:prod',
    ]);
    expect(problems).toMatchObject([{ code: 'tag_conflict', metric: 'other' }]);
    expect(problems[0]!.message).toContain('env');
  });

  test('without aggregation every sample is a value, within a tenth of a second, and counters are sampled', async () => {
    const backend = opened({ aggregation: false }, seriesOf('counter', 'hits'), seriesOf('gauge', 'depth'));
    backend.incr(0, 1, 1);
    backend.incr(0, 2, 1);
    backend.gauge(1, 5);
    backend.gauge(1, -6);
    expect(await receiver.waitForLines(2)).toEqual(['hits:1:2|c', 'depth:5:-6|g']);
  });

  test.each([
    ['statsd-exporter', ['depth:0|g', 'depth:-1|g', 'db:1:-2|ms', 'size:1:-2|d', 'at:5|c'], { set_unsupported: 1 }],
    [
      'telegraf',
      ['depth:0|g', 'depth:-1|g', 'db:1|ms', 'size:1|h', 'at:5|c', 'users:ann|s'],
      { negative_distribution: 2 },
    ],
    [
      'otel',
      ['depth:0|g', 'depth:-1|g', 'db:1|ms', 'db:-2|ms', 'size:1|d', 'size:-2|d', 'at:5|c'],
      { set_unsupported: 1 },
    ],
    [
      'vector',
      ['depth:0|g', 'depth:-1|g', 'db:1|ms', 'db:-2|ms', 'size:1|d', 'size:-2|d', 'at:5|c', 'users:ann|s'],
      {},
    ],
  ] as const)(
    'dialect %s gets the features it understands, and other samples are counted as dropped',
    async (dialect, lines, dropped) => {
      const backend = opened(
        { dialect },
        seriesOf('gauge', 'depth'),
        seriesOf('timing', 'db'),
        seriesOf('distribution', 'size'),
        seriesOf('set', 'users'),
        seriesOf('counter', 'at'),
      );
      backend.gauge(0, -1);
      for (const value of [1, -2]) {
        backend.timing(1, value, 1);
        backend.distribution(2, value, 1);
      }
      backend.set(3, 'ann');
      expect([backend.recordAt, backend.event, backend.serviceCheck]).toEqual([undefined, undefined, undefined]);
      backend.incr(4, 5, 1);
      await backend.flush();
      expect((await receiver.waitForLines(lines.length)).toSorted()).toEqual([...lines].toSorted());
      expect(backend.stats()).toMatchObject({ accepted: 7, pending: 0, dropped });
    },
  );
});

describe('packed values', () => {
  test('are split by bytes, and every packet is as full as possible', async () => {
    const backend = opened(
      { maxPacketBytes: 1432, containerId: 'ci-abc', tags: { größe: 'größe' } },
      seriesOf('distribution', 'a.distribution', { tags: { path: '/größe' } }),
      seriesOf('counter', 'hits'),
    );
    const recorded: number[] = [];
    for (let call = 0; call < 3000; call += 1) {
      const value = call % 100 === 7 ? 1e-7 * call : ((call * 7919) % 1000) / 8;
      recorded.push(value);
      backend.distribution(0, value, 1);
    }
    backend.incr(1, 1, 1);
    await backend.flush();
    await receiver.waitForLines(2);
    await waitForValues(recorded.length);
    expect(values('a.distribution')).toEqual(recorded);
    for (const packet of receiver.packets) expect(packet.length).toBeLessThanOrEqual(1432);
    const full = receiver.packets.filter((packet) => packet.length > 1432 - 100);
    expect(full.length).toBeGreaterThanOrEqual(receiver.packets.length - 4);
    expect(backend.stats()).toEqual(expect.objectContaining({ accepted: 3001, sent: 3001, dropped: {} }));
  });

  test('of any size fit packets of any size, or are counted', async () => {
    const backend = opened({ maxPacketBytes: 64, cardinality: 'high' }, seriesOf('distribution', 'x'));
    const recorded = [1e300, -1e-300, 0, 5e-324, 1.5, -2, 123456.789, Number.MAX_VALUE, 3];
    for (const value of recorded) backend.distribution(0, value, 1);
    await backend.flush();
    await waitForValues(5);
    expect(values('x')).toEqual(recorded.filter((value) => `${value}`.length < 12 && !`${value}`.includes('e')));
    expect(backend.stats()).toMatchObject({ accepted: 9, sent: 5, dropped: { line_too_long: 4 } });
  });

  test('are sent on single lines if packing is off', async () => {
    const backend = opened({ packing: false }, seriesOf('distribution', 'x'));
    backend.distribution(0, 1, 1);
    backend.distribution(0, 2, 1);
    await backend.flush();
    expect(await receiver.waitForLines(2)).toEqual(['x:1|d', 'x:2|d']);
  });

  async function waitForValues(count: number): Promise<void> {
    const ends = Date.now() + 5000;
    while (values('x').length + values('a.distribution').length < count && Date.now() < ends)
      await new Promise((resolve) => setImmediate(resolve));
  }
});

describe('many samples of one series', () => {
  test('are sent before the window ends, all of them', async () => {
    const backend = opened({ maxSamplesPerSeries: 100, flushInterval: 10_000 }, seriesOf('timing', 'db'));
    for (let call = 0; call < 1000; call += 1) backend.timing(0, call, 1);
    await receiver.waitForLines(1);
    await backend.flush();
    const ends = Date.now() + 5000;
    while (values('db').length < 1000 && Date.now() < ends) await new Promise((resolve) => setImmediate(resolve));
    expect(values('db')).toEqual(Array.from({ length: 1000 }, (_, call) => call));
    expect(backend.stats()).toMatchObject({ accepted: 1000, sent: 1000, sampledOut: 0 });
  });

  test('or are sampled by a reservoir, whose rates add up to their exact number', async () => {
    const backend = opened({ maxSamplesPerSeries: 100, overflow: 'reservoir' }, seriesOf('timing', 'db'));
    for (let call = 0; call < 12_345; call += 1) backend.timing(0, call, 1);
    await backend.flush();
    await receiver.waitForLines(2);
    const counted = messages().map((message) =>
      'values' in message ? message.values.length * Math.trunc(1 / message.sampleRate) : 0,
    );
    expect(counted).toEqual([45 * 124, 55 * 123]);
    expect(new Set(values('db')).size).toBe(100);
    // The mean of a hundred uniform values has a standard deviation of 356; the limit is five of them.
    const mean = values('db').reduce((sum, value) => sum + value, 0) / 100;
    expect(Math.abs(mean - 6172)).toBeLessThan(5 * 356);
    expect(backend.stats()).toEqual(
      expect.objectContaining({ accepted: 100, sent: 100, sampledOut: 12_245, dropped: {} }),
    );
  });
});

test('received lines parse strictly into the names, tags and values that were recorded', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: fc.constantFrom(...'|:,#@\n\r\0\\ aé名\u{1f600}\ud800%_'.match(/./gsu)!), maxLength: 20 }),
  );
  const number = fc.double({ noNaN: true, noDefaultInfinity: true });
  const series = fc.record({
    kind: fc.constantFrom('counter', 'gauge', 'timing', 'distribution', 'set'),
    name: text.filter((name) => name !== ''),
    tags: fc.dictionary(text, text, { maxKeys: 4 }),
    instance: fc.option(text, { nil: undefined }),
    values: fc.array(number, { minLength: 1, maxLength: 5 }),
    member: text,
    rate: fc.constantFrom(1, 0.999, 0.3),
  });
  const configurations = fc.record({
    tags: fc.dictionary(
      text.filter((key) => key !== ''),
      text,
      { maxKeys: 3 },
    ),
    cardinality: fc.constantFrom('low', false),
    packing: fc.boolean(),
    maxPacketBytes: fc.integer({ min: 1000, max: 8192 }),
  });
  await fc.assert(
    fc.asyncProperty(configurations, fc.array(series, { minLength: 1, maxLength: 8 }), async (options, all) => {
      receiver.packets.length = 0;
      const backend = opened(options as DogStatsdOptions);
      all.forEach(({ kind, name, tags, instance, values: numbers, member, rate }, id) => {
        backend.open(id, seriesOf(kind, name, { tags, instance }));
        for (const value of numbers) {
          if (kind === 'counter') backend.incr(id, value, rate);
          if (kind === 'gauge') backend.gauge(id, value);
          if (kind === 'timing') backend.timing(id, Math.abs(value), rate);
          if (kind === 'distribution') backend.distribution(id, value, rate);
          if (kind === 'set') backend.set(id, member);
        }
      });
      await backend.close({ timeout: 1000 });
      const { accepted, sent, pending, dropped, packets } = backend.stats();
      expect(pending).toBe(0);
      expect(sent + Object.values(dropped).reduce((sum, count) => sum + count, 0)).toBe(accepted);
      const ends = Date.now() + 5000;
      while (receiver.packets.length < packets && Date.now() < ends)
        await new Promise((resolve) => setImmediate(resolve));
      const arrived = messages();
      const recorded = new Set(
        all.flatMap(({ values: numbers }) => numbers.flatMap((value) => [value, Math.abs(value)])),
      );
      for (const message of arrived) {
        if (!('values' in message) || message.type === 'c') continue;
        for (const value of message.values) expect(recorded.has(value)).toBe(true);
      }
      const singles = arrived.flatMap((message) =>
        'values' in message && (message.type === 'ms' || message.type === 'd') ? message.values : [],
      );
      if (Object.keys(dropped).length === 0 && all.every(({ kind }) => kind === 'timing' || kind === 'distribution'))
        expect(singles).toHaveLength(sent);
    }),
    { numRuns: 150 },
  );
});
