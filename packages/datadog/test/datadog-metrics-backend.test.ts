import { hostname } from 'node:os';
import { createMetrics } from '@metrics/core';
import { ManualClock } from 'test-kit/manual-clock';
import { waitUntil } from 'test-kit/wait-until';
import { createBackend, DatadogMetricsBackend } from '../src/index.js';
import { KEY, type Started, started } from './started.js';

let current: Started | undefined;

/** Starts with the options of the test. Disposed, and so checked, after it. */
async function begin(...options: Parameters<typeof started>): Promise<Started> {
  current = await started(...options);
  return current;
}

afterEach(async () => {
  await current?.[Symbol.asyncDispose]();
  current = undefined;
});

test('samples of the facade arrive as the Datadog types of their kinds', async () => {
  const { backend, intake } = await begin({ tags: { env: 'test', status: 'none' } });
  const metrics = createMetrics();
  metrics.register(backend, { prefix: 'shop.' });
  metrics.incr('orders', 2, { tags: { Country: 'AT' } });
  metrics.incr('orders', 3, { tags: { Country: 'AT' }, sampleRate: 0.001 });
  metrics.gauge('queue', -4.5, { instance: 'mail' });
  metrics.timing('db.query', 12.5, { tags: { status: 'ok' }, sampleRate: 0.001 });
  metrics.distribution('size', 3);
  for (const user of ['ann', 'bob', 'ann']) metrics.set('users', user);
  metrics.event({ title: 'deployed', text: 'version 7', alertType: 'success', tags: { team: 'web' } });
  await metrics.close();
  const constant = ['env:test', 'status:none'];
  expect(intake.series.map(({ metric, type, tags, host }) => ({ metric, type, tags, host }))).toEqual([
    { metric: 'shop.orders', type: 'count', tags: ['country:at', ...constant], host: 'web-1' },
    { metric: 'shop.queue', type: 'gauge', tags: ['env:test', 'instance:mail', 'status:none'], host: 'web-1' },
    { metric: 'shop.users', type: 'gauge', tags: constant, host: 'web-1' },
  ]);
  expect(intake.sum('shop.orders')).toBe(5);
  expect(intake.gauge('shop.queue')).toBe(-4.5);
  expect(intake.gauge('shop.users')).toBe(2);
  expect(intake.values('shop.db.query', { status: 'ok' })).toEqual([12.5]);
  expect(intake.values('shop.size')).toEqual([3]);
  expect(intake.events).toMatchObject([
    { title: 'deployed', text: 'version 7', alertType: 'success', tags: [...constant, 'team:web'], host: 'web-1' },
  ]);
  expect(backend.stats()).toEqual(
    expect.objectContaining({ accepted: 9, sent: 9, pending: 0, dropped: {}, sampledOut: 0 }),
  );
});

test('the timer sends closed buckets, each dated with its first second', async () => {
  const clock = new ManualClock(1_790_000_004_000);
  const { backend, intake, open } = await begin({ clock });
  const orders = open('counter', 'orders');
  for (const [samples, seconds] of [
    [1, 6],
    [2, 10],
    [0, 10],
    [4, 10],
  ] as const) {
    for (let sample = 0; sample < samples; sample += 1) backend.incr(orders, 1);
    expect(backend.stats().pending).toBe(samples);
    clock.advance(seconds * 1000 - 1);
    expect(backend.stats().pending).toBe(samples);
    clock.advance(1);
    await waitUntil(() => backend.stats().pending === 0);
  }
  expect(intake.points('orders')).toEqual([
    { timestamp: 1_790_000_000, value: 1 },
    { timestamp: 1_790_000_010, value: 2 },
    { timestamp: 1_790_000_030, value: 4 },
  ]);
});

test('flushes within one second, and the timer after them, never repeat a timestamp', async () => {
  const clock = new ManualClock(1_790_000_000_000);
  const { backend, intake, open } = await begin({ clock, seriesVersion: 1 });
  const orders = open('counter', 'orders');
  for (let flush = 0; flush < 5; flush += 1) {
    backend.incr(orders, 1);
    await backend.flush();
  }
  backend.incr(orders, 1);
  clock.advance(10_000);
  await waitUntil(() => backend.stats().pending === 0);
  const timestamps = intake.points('orders').map(({ timestamp }) => timestamp - 1_790_000_000);
  // The flushes have seconds of the past, because none may be ahead of the clock.
  expect(timestamps).toEqual([-5, -4, -3, -2, -1, 0]);
  expect(intake.sum('orders')).toBe(6);
});

test('a timing as a histogram becomes ten series, with the percentiles in their names', async () => {
  const { backend, intake, open } = await begin({ timings: 'histogram' });
  const query = open('timing', 'db.query', { tags: { table: 'users' } });
  for (let value = 1; value <= 100; value += 1) backend.timing(query, value);
  await backend.flush();
  const values = Object.fromEntries(intake.series.map(({ metric, points }) => [metric, points[0]!.value]));
  expect(values).toEqual({
    'db.query.min': 1,
    'db.query.max': 100,
    'db.query.sum': 5050,
    'db.query.count': 100,
    'db.query.avg': 50.5,
    'db.query.median': 50.5,
    'db.query.75percentile': 75,
    'db.query.85percentile': 85,
    'db.query.95percentile': 95,
    'db.query.99percentile': 99,
  });
  expect(intake.series.every(({ tags }) => tags.join() === 'table:users')).toBe(true);
  expect(backend.stats()).toMatchObject({ accepted: 100, sent: 100, pending: 0 });
});

test('the series of a histogram with a long name are all within the limits of Datadog', async () => {
  const { backend, intake, open } = await begin({ timings: 'histogram' });
  backend.timing(open('timing', 'n'.repeat(250)), 5);
  await backend.flush();
  expect(intake.violations).toEqual([]);
  expect(new Set(intake.series.map(({ metric }) => metric)).size).toBe(10);
  expect(Math.max(...intake.series.map(({ metric }) => metric.length))).toBe(200);
});

test('half a character is U+FFFD or a replacement wherever strings are sent', async () => {
  const half = 'a\ud83dz';
  const { backend, intake, open } = await begin({ host: half, tags: { constant: half }, timings: 'histogram' });
  backend.incr(open('counter', half, { tags: { half, [half]: 'x' }, instance: half }), 1);
  backend.timing(open('timing', half, { tags: { half } }), 1);
  backend.distribution(open('distribution', `d${half}`, { tags: { half } }), 1);
  backend.event({ title: half, text: half, hostname: half, aggregationKey: half, sourceTypeName: half });
  await backend.flush();
  expect(intake.violations).toEqual([]);
  expect(intake.series[0]!.host).toBe('a\ufffdz');
  expect(intake.events).toMatchObject([{ title: 'a\ufffdz', text: 'a\ufffdz', host: 'a\ufffdz' }]);
});

test('a histogram of many values is exact except for its percentiles, which are close', async () => {
  const { backend, intake, open } = await begin({ timings: 'histogram', random: Math.random });
  const query = open('timing', 'db.query');
  for (let value = 1; value <= 20_000; value += 1) backend.timing(query, value);
  await backend.flush();
  const value = (name: string) => intake.points(`db.query.${name}`)[0]!.value;
  expect([value('min'), value('max'), value('sum'), value('count')]).toEqual([1, 20_000, 200_010_000, 20_000]);
  // With 1000 values, the standard deviation of the median is 1.6 percent of the range; this allows six of them.
  for (const [name, share] of [
    ['median', 0.5],
    ['75percentile', 0.75],
    ['95percentile', 0.95],
  ] as const) {
    expect(Math.abs(value(name) / 20_000 - share)).toBeLessThan(0.1);
  }
});

test('kinds and tags that look alike to datadog-metrics do not mix', async () => {
  const { backend, intake, open } = await begin();
  backend.incr(open('counter', 'a', { tags: { a: '1.b:2' } }), 1);
  backend.incr(open('counter', 'a', { tags: { a: '1', b: '2' } }), 10);
  backend.gauge(open('gauge', 'level'), 100);
  backend.distribution(open('distribution', 'size'), 1000);
  await backend.flush();
  expect(intake.series.map(({ tags, points }) => [tags.join(), points[0]!.value])).toEqual([
    ['a:1.b:2', 1],
    ['a:1,b:2', 10],
    ['', 100],
  ]);
  expect(intake.values('size')).toEqual([1000]);
});

test('series that Datadog would merge are one series before they are sent', async () => {
  const { backend, intake, open } = await begin();
  backend.incr(open('counter', 'a b', { tags: { Zone: 'EU' } }), 1);
  backend.incr(open('counter', 'a_b', { tags: { zone: 'eu' } }), 2);
  await backend.flush();
  expect(intake.points('a_b')).toMatchObject([{ value: 3 }]);
});

test('a sum that overflowed is dropped, and only it', async () => {
  const { backend, intake, open } = await begin({ timings: 'histogram' });
  const [large, small, query] = [open('counter', 'large'), open('counter', 'small'), open('timing', 'query')];
  for (let twice = 0; twice < 2; twice += 1) {
    backend.incr(large, Number.MAX_VALUE);
    backend.timing(query, Number.MAX_VALUE);
    backend.incr(small, 1);
  }
  await backend.flush();
  expect(intake.sum('small')).toBe(2);
  expect(intake.points('query.max')).toMatchObject([{ value: Number.MAX_VALUE }]);
  expect(intake.points('query.sum')).toEqual([]);
  expect(backend.stats()).toMatchObject({ sent: 4, dropped: { not_finite: 2 } });
});

test('host is the name of the machine, or none', async () => {
  const { backend, intake, open } = await begin({ host: undefined });
  backend.incr(open('counter', 'a'), 1);
  await backend.flush();
  expect(intake.series[0]!.host).toBe(hostname());
  await current?.[Symbol.asyncDispose]();
  const serverless = await begin({ host: false });
  serverless.backend.incr(serverless.open('counter', 'a'), 1);
  await serverless.backend.flush();
  expect(serverless.intake.series[0]!.host).toBeUndefined();
});

describe('in one of several processes of a host', () => {
  beforeEach(() => {
    process.env['NODE_APP_INSTANCE'] = '3';
  });

  afterEach(() => {
    delete process.env['NODE_APP_INSTANCE'];
  });

  test('a tag separates the series that would overwrite each other, and not those that add up', async () => {
    const { backend, intake, open } = await begin({ processTag: true });
    backend.incr(open('counter', 'orders'), 1);
    backend.set(open('set', 'users'), 'ann');
    backend.timing(open('timing', 'query'), 1);
    await backend.flush();
    expect(intake.series.map(({ tags }) => tags)).toEqual([['process:3'], ['process:3']]);
    expect(intake.distributions.map(({ tags }) => tags)).toEqual([[]]);
  });

  test('a missing tag is reported', async () => {
    const { problems } = await begin({ processTag: false });
    expect(problems.map(({ code }) => code)).toEqual(['process_tag_missing']);
  });
});

test('an untrusted certificate is reported, and nothing is sent', async () => {
  const { backend, intake, open, problems } = await begin({ ca: undefined });
  backend.incr(open('counter', 'orders'), 5);
  await backend.close({ timeout: 300 });
  expect(intake.requests).toEqual([]);
  expect(problems.map(({ code }) => code)).toEqual(['intake_unreachable', 'lost_at_close']);
  expect((problems[0]!.cause as Error).message).toMatch(/certificate/);
});

test('createBackend creates it', async () => {
  const backend = createBackend({ apiKey: KEY });
  expect(backend).toBeInstanceOf(DatadogMetricsBackend);
  await backend.close({ timeout: 0 });
});

test('many values are sent before their bucket ends, in few requests, and none is dropped', async () => {
  const { backend, intake, open } = await begin();
  const size = open('distribution', 'size');
  for (let round = 0; round < 15; round += 1) {
    for (let value = 0; value < 100_000; value += 1) backend.distribution(size, value % 1000);
    // As fast as they can be sent: up to half of the values that may wait.
    await waitUntil(() => backend.stats().pending < 500_000);
  }
  await backend.close({ timeout: 20_000 });
  expect(backend.stats()).toEqual(expect.objectContaining({ accepted: 1_500_000, sent: 1_500_000, dropped: {} }));
  expect(backend.stats().requests).toBeLessThan(60);
  expect(intake.values('size').length).toBe(1_500_000);
});
