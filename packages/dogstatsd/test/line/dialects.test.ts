import type { Problem, Series } from '@metrics/core';
import { seriesOf } from 'test-kit/series-of';
import { UdpReceiver } from 'test-kit/udp-receiver';
import { createBackend, type Dialect, type DogStatsdMetricsBackend, type DogStatsdOptions } from '../../src/index.js';

// Lines for servers other than the Agent, each by its own parser (the addresses are in settings/dialect.ts).

let receiver: UdpReceiver;
let problems: Problem[];
const backends: DogStatsdMetricsBackend[] = [];

beforeEach(async () => {
  receiver = await UdpReceiver.start();
  problems = [];
});

afterEach(async () => {
  for (const backend of backends.splice(0)) await backend.close({ timeout: 1000 });
  await receiver[Symbol.asyncDispose]();
});

/** Opens the series under ids from 0. */
function opened(options: DogStatsdOptions, ...series: Series[]): DogStatsdMetricsBackend {
  const backend = createBackend({ statsdPort: receiver.port, containerId: false, telemetry: false, ...options });
  backends.push(backend);
  backend.start({ report: (problem) => problems.push(problem), collect: () => {} });
  series.forEach((one, id) => backend.open(id, one));
  return backend;
}

/** Returns the value of a counter in each window. */
async function windows(backend: DogStatsdMetricsBackend, amounts: readonly (readonly number[])[]): Promise<number[]> {
  for (const window of amounts) {
    for (const amount of window) backend.incr(0, amount, 1);
    await backend.flush();
  }
  const lines = await receiver.waitForLines(amounts.length);
  return lines.map((line) => Number(/:(-?\d+(?:\.\d+)?)\|c/.exec(line)![1]));
}

describe('Telegraf reads counters as integers', () => {
  test.each<[string, number[][], number[]]>([
    ['a fraction waits until it is part of a whole', [[0.4], [0.4], [0.4], [0.4]], [0, 0, 1, 0]],
    ['also below zero', [[-0.4], [-0.7], [-1]], [0, -1, -1]],
    ['fractions of both signs', [[2.5], [-1.5], [0.25, 0.75]], [2, -1, 1]],
    ['ten tenths are one', [Array(10).fill(0.1), [1]], [1, 1]],
    ['whole amounts pass', [[5], [0], [-3], [2 ** 40]], [5, 0, -3, 2 ** 40]],
  ])('%s', async (_what, amounts, expected) => {
    const backend = opened({ dialect: 'telegraf' }, seriesOf('counter', 'hits'));
    expect((await windows(backend, amounts)).map((value) => value + 0)).toEqual(expected);
    expect(backend.stats()).toMatchObject({ accepted: amounts.flat().length, sent: amounts.flat().length, pending: 0 });
  });

  it('a sum beyond 64 bits arrives in parts', async () => {
    const backend = opened({ dialect: 'telegraf' }, seriesOf('counter', 'hits'));
    const values = await windows(backend, [[1e19], [1]]);
    for (const value of values) expect(BigInt(value)).toBeLessThan(2n ** 63n);
    expect(values[0]! + values[1]!).toBe(1e19);
  });

  it('without aggregation, too: amounts are still summed', async () => {
    const backend = opened({ dialect: 'telegraf', aggregation: false }, seriesOf('counter', 'hits'));
    expect(await windows(backend, [[0.4, 0.4], [0.4]])).toEqual([0, 1]);
  });

  it('a fraction is not inherited by the next series with its id', async () => {
    const backend = opened({ dialect: 'telegraf' }, seriesOf('counter', 'old'));
    backend.incr(0, 0.9, 1);
    await backend.flush();
    backend.release(0);
    backend.open(0, seriesOf('counter', 'new'));
    backend.incr(0, 0.9, 1);
    await backend.flush();
    expect(await receiver.waitForLines(2)).toEqual(['old:0|c', 'new:0|c']);
  });

  it('other servers read fractions', async () => {
    const backend = opened({ dialect: 'vector' }, seriesOf('counter', 'hits'));
    expect(await windows(backend, [[0.4], [0.4]])).toEqual([0.4, 0.4]);
  });
});

describe('names and tags that a server reads as something else', () => {
  test.each<[Dialect, string, string]>([
    ['telegraf', '_e', 'e'],
    ['telegraf', '_errors.count', 'errors.count'],
    ['telegraf', '_e{1,1}', 'e{1_1}'],
    ['telegraf', '_scans', '_scans'],
    ['agent', '_errors.count', '_errors.count'],
    ['agent', '_scans', 'scans'],
    ['statsd-exporter', 'items[0]', 'items_0_'],
    ['statsd-exporter', 'a]b[c', 'a_b_c'],
    ['otel', 'items[0]', 'items_0_'],
  ])('%s: the name %j is sent as %j', async (dialect, name, sent) => {
    const backend = opened({ dialect }, seriesOf('counter', name));
    backend.incr(0, 1, 1);
    await backend.flush();
    expect(await receiver.waitForLines(1)).toEqual([`${sent}:1|c`]);
  });

  test.each(['+1', '-1', '+', '-', '-x'])('a member of a set does not begin with a sign: %j', async (member) => {
    const backend = opened({ dialect: 'telegraf' }, seriesOf('set', 'users'));
    backend.set(0, member);
    backend.set(0, `a${member}`);
    await backend.flush();
    const escaped = `${member.startsWith('+') ? '%2b' : '%2d'}${member.slice(1)}`;
    expect((await receiver.waitForLines(2)).toSorted()).toEqual(
      [`users:${escaped}|s`, `users:a${member}|s`].toSorted(),
    );
  });

  test.each<[string, string]>([
    ['quantile', 'quantile_'],
    ['le', 'le_'],
    ['__name__', '_name__'],
    ['ключ', '_'],
    ['.-x', '_x'],
    ['_x', '_x'],
    ['a--b', 'a--b'],
    ['level', 'level'],
  ])('statsd_exporter gets no reserved label: %j is %j', async (key, label) => {
    const backend = opened(
      { dialect: 'statsd-exporter', tags: { [key]: 'constant' } },
      seriesOf('timing', 'plain'),
      seriesOf('timing', 'tagged', { tags: { [key]: 'v' } }),
    );
    backend.timing(0, 1, 1);
    backend.timing(1, 1, 1);
    await backend.flush();
    expect((await receiver.waitForLines(2)).toSorted()).toEqual([
      `plain:1|ms|#${label}:constant`,
      `tagged:1|ms|#${label}:v`,
    ]);
  });

  test.each<[Dialect, string]>([
    ['agent', 'env:a,blue,green'],
    ['vector', 'env:a,blue,green'],
    ['telegraf', 'env:a,blue:true,green:true'],
    ['statsd-exporter', 'env:a,blue:true,green:true'],
    ['otel', 'env:a,blue:true,green:true'],
  ])('%s: tags without a value', async (dialect, tags) => {
    process.env['DD_TAGS'] = 'env:a,blue,green';
    try {
      const backend = opened({ dialect }, seriesOf('counter', 'hits'));
      backend.incr(0, 1, 1);
      await backend.flush();
      expect(await receiver.waitForLines(1)).toEqual([`hits:1|c|#${tags}`]);
    } finally {
      delete process.env['DD_TAGS'];
    }
  });

  it('Telegraf cuts the last letter of the last tag, unless a comma follows', async () => {
    const series = [
      seriesOf('counter', 'a', { tags: { city: 'Malmö' } }),
      seriesOf('counter', 'b', { tags: { city: 'Köln' } }),
      seriesOf('counter', 'c', { tags: { city: 'Malmö', zone: '1' } }),
    ];
    for (const dialect of ['telegraf', 'vector'] as const) {
      const backend = opened({ dialect }, ...series);
      for (const id of series.keys()) backend.incr(id, 1, 1);
      await backend.flush();
    }
    await receiver.waitForLines(6);
    const lines = Buffer.from(receiver.packets.join(''), 'latin1').toString().trimEnd().split('\n');
    expect(lines).toEqual([
      'a:1|c|#city:Malmö,',
      'b:1|c|#city:Köln',
      'c:1|c|#city:Malmö,zone:1',
      'a:1|c|#city:Malmö',
      'b:1|c|#city:Köln',
      'c:1|c|#city:Malmö,zone:1',
    ]);
  });
});

describe('statsd_exporter drops a counter that goes down', () => {
  it('so negative amounts are dropped and counted, and the others arrive', async () => {
    const backend = opened({ dialect: 'statsd-exporter' }, seriesOf('counter', 'hits'), seriesOf('counter', 'other'));
    backend.incr(0, 5, 1);
    backend.incr(0, -6, 1);
    backend.incr(0, 0, 1);
    backend.incr(1, -0.5, 0.1);
    await backend.flush();
    expect(await receiver.waitForLines(1)).toEqual(['hits:5|c']);
    expect(backend.stats()).toMatchObject({ accepted: 4, sent: 2, pending: 0, dropped: { negative_counter: 2 } });
    expect(problems).toMatchObject([{ code: 'negative_counter', count: 1 }]);
    expect(problems[0]!.message).toContain('gauge');
  });

  test.each<Dialect>(['agent', 'telegraf', 'otel', 'vector'])('%s accepts it', async (dialect) => {
    const backend = opened({ dialect }, seriesOf('counter', 'hits'));
    expect(await windows(backend, [[5, -6]])).toEqual([-1]);
  });
});
