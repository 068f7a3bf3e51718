import { combine, createMetrics } from '@metrics/core';
import { RecordingBackend } from '@metrics/testing';
import { seriesOf } from 'test-kit/series-of';
import { createBackend, TimeSeriesBackend } from '../src/index.js';
import { createTestBackend, NOON } from './create-test-backend.js';

describe('kept metrics', () => {
  test('are those recorded with `internal` and those included; others are not even counted', async () => {
    const backend = new TimeSeriesBackend({ include: ['exact', 'jobs.*'] });
    const metrics = createMetrics({ backend });
    metrics.incr('marked', { internal: true });
    metrics.incr('exact');
    metrics.incr('exactly');
    metrics.incr('jobs.failed', 3);
    metrics.timing('jobs.run', 5);
    metrics.incr('jobs');
    expect(await backend.keys()).toEqual(['exact', 'jobs.failed', 'jobs.run', 'marked']);
    expect(await backend.keys('jobs.*')).toEqual(['jobs.failed', 'jobs.run']);
    expect(await backend.keys('exact')).toEqual(['exact']);
    expect(backend.stats()).toEqual({ accepted: 4, sent: 4, dropped: {}, pending: 0, sampledOut: 0 });
    await metrics.close();
  });

  test('include every call of a sampled metric, with its tags and its instance, under its key', async () => {
    const backend = new TimeSeriesBackend({ include: ['*'] });
    const metrics = createMetrics();
    metrics.register(backend, { prefix: 'shop.', tags: { region: 'eu' } });
    for (let call = 0; call < 100; call += 1)
      metrics
        .child({ prefix: 'jobs.' })
        .incr('done', 2, { sampleRate: 0.01, instance: 'one', tags: { queue: 'mail' } });
    expect(await backend.sum('jobs.done')).toBe(200);
    expect(await backend.series('jobs.done')).toEqual([
      expect.objectContaining({ kind: 'counter', tags: { region: 'eu', queue: 'mail', instance: 'one' } }),
    ]);
    await metrics.close();
  });

  test('can be combined with another backend, which still gets every sample', async () => {
    const recording = new RecordingBackend();
    const history = new TimeSeriesBackend();
    const metrics = createMetrics({ backend: combine(recording, history) });
    metrics.incr('jobs.failed', 2, { internal: true });
    metrics.incr('jobs.started');
    expect(recording.recorded.samples()).toHaveLength(2);
    expect(await history.sum('jobs.failed')).toBe(2);
    await metrics.close();
  });
});

describe('reads', () => {
  test('a range begins with the bucket of its start and ends before the bucket of its end', async () => {
    const { backend, clock, open } = createTestBackend();
    const id = open('counter', 'jobs');
    for (const amount of [1, 2, 4, 8]) {
      backend.incr(id, amount);
      clock.seconds += 10;
    }
    const read = (start: number, end?: number) =>
      backend.range('jobs', { start: NOON + start, end: end && NOON + end });
    expect(await read(0, 20)).toEqual([
      [NOON, 1],
      [NOON + 10, 2],
    ]);
    expect(await read(19.9, 20.1)).toEqual([
      [NOON + 10, 2],
      [NOON + 20, 4],
    ]);
    expect(await read(30)).toEqual([
      [NOON + 30, 8],
      [NOON + 40, 0],
    ]);
    expect(await read(20, 20)).toEqual([]);
    expect(await backend.range('jobs', { start: NOON, end: NOON + 40, step: 20 })).toEqual([
      [NOON, 3],
      [NOON + 20, 12],
    ]);
    expect(await backend.sum('jobs', { start: NOON + 10, end: NOON + 30 })).toBe(6);
    expect(await backend.sum('jobs')).toBe(15);
  });

  test('the age of a range chooses the rollup, not its length alone', async () => {
    const { backend, clock, open } = createTestBackend();
    const id = open('counter', 'jobs');
    backend.incr(id, 5);
    clock.seconds += 2 * 86_400;
    // An hour, as long as the finest rollup, but two days ago.
    expect(await backend.range('jobs', { start: NOON, end: NOON + 3600 })).toEqual([[NOON, 5]]);
    clock.seconds += 30 * 86_400;
    expect(await backend.range('jobs', { start: NOON, end: NOON + 3600 })).toEqual([[NOON - 12 * 3600, 5]]);
    // Before all history: the read begins with the oldest bucket.
    const points = await backend.range('jobs', { start: 0, end: NOON + 3600 });
    expect(points.at(-1)).toEqual([NOON - 12 * 3600, 5]);
    expect(points).toHaveLength(91 - 32 + 1);
  });

  test('the last hour is read in steps of ten seconds, and still is a little later', async () => {
    const { backend, clock, open } = createTestBackend();
    backend.incr(open('counter', 'jobs'), 1);
    const start = NOON;
    for (const later of [3600, 3609.9, 3610, 3619.9]) {
      clock.seconds = NOON + later;
      expect((await backend.range('jobs', { start }))[0]).toEqual([NOON, 1]);
    }
    clock.seconds = NOON + 3620;
    expect((await backend.range('jobs', { start }))[0]).toEqual([NOON, 1]);
    expect(await backend.range('jobs', { start })).toHaveLength(2);
  });

  test('late values of a gauge do not replace later ones', async () => {
    const { backend, clock, open } = createTestBackend();
    const id = open('gauge', 'level');
    clock.seconds += 1800;
    backend.gauge(id, 7);
    backend.recordAt(id, 3, NOON + 600);
    const hour = { start: NOON, end: NOON + 3600, step: 3600 };
    expect(await backend.range('level', hour)).toEqual([[NOON, 7]]);
    expect(await backend.range('level', { ...hour, statistic: 'min' })).toEqual([[NOON, 3]]);
    expect(await backend.latest('level')).toEqual([NOON + 1800, 7]);
    expect(await backend.value('level', { start: NOON + 600, end: NOON + 610 })).toBe(3);
  });

  test('groups, filters and top use tags; gauges of several series are added up', async () => {
    const { backend, open } = createTestBackend();
    for (const [queue, host, length] of [
      ['mail', 'a', 5],
      ['mail', 'b', 6],
      ['sms', 'a', 2],
    ] as const) {
      backend.gauge(open('gauge', 'queue', { queue, host }), length);
      backend.incr(open('counter', 'jobs', { queue, host }), length);
    }
    backend.incr(open('counter', 'jobs'), 100);
    const now = { start: NOON };
    expect(await backend.range('queue', now)).toEqual([[NOON, 13]]);
    expect(await backend.range('queue', { ...now, statistic: 'max' })).toEqual([[NOON, 6]]);
    expect(await backend.range('queue', { ...now, tags: { host: 'a' } })).toEqual([[NOON, 7]]);
    expect(await backend.range('queue', { ...now, tags: { host: 'c' } })).toEqual([[NOON, null]]);
    expect(await backend.range('jobs', { ...now, groupBy: 'queue' })).toEqual(
      new Map([
        ['', [[NOON, 100]]],
        ['mail', [[NOON, 11]]],
        ['sms', [[NOON, 2]]],
      ]),
    );
    expect(await backend.top('jobs', 'queue', 1)).toEqual([{ tagValue: 'mail', value: 11 }]);
    expect(await backend.top('jobs', 'host', 9, { tags: { queue: 'mail' } })).toEqual([
      { tagValue: 'b', value: 6 },
      { tagValue: 'a', value: 5 },
    ]);
  });

  test('a metric that was never recorded reads as a counter at 0', async () => {
    const { backend } = createTestBackend();
    expect(await backend.sum('never')).toBe(0);
    expect(await backend.latest('never')).toBeUndefined();
    expect(await backend.range('never', { start: NOON - 10 })).toEqual([
      [NOON - 10, 0],
      [NOON, 0],
    ]);
    expect(await backend.range('never', { groupBy: 'queue' })).toEqual(new Map());
    expect(await backend.top('never', 'queue', 3)).toEqual([]);
    expect(await backend.series('never')).toEqual([]);
  });

  test('the latest value of a counter is its newest one above 0, from any rollup', async () => {
    const { backend, clock, open } = createTestBackend();
    backend.incr(open('counter', 'jobs'), 5);
    clock.seconds += 30;
    expect(await backend.latest('jobs')).toEqual([NOON, 5]);
    clock.seconds += 7200;
    expect(await backend.latest('jobs')).toEqual([NOON, 5]);
    clock.seconds += 30 * 86_400;
    expect(await backend.latest('jobs')).toEqual([NOON - 12 * 3600, 5]);
  });

  test.each<[string, (backend: TimeSeriesBackend) => Promise<unknown>, string]>([
    ['end', (backend) => backend.range('level', { start: 5, end: 4 }), 'end must not be before start'],
    ['start', (backend) => backend.range('level', { start: Number.NaN }), 'start must be a number of seconds, not NaN'],
    ['step', (backend) => backend.range('level', { step: 15 }), 'step must be a multiple of one of 10, 3600, 86400'],
    [
      'statistic',
      (backend) => backend.range('level', { statistic: 'p50' }),
      'statistic of a gauge must be one of last, min, max',
    ],
    ['sum', (backend) => backend.sum('level'), 'statistic of a gauge must be one of'],
    ['n', (backend) => backend.top('level', 'queue', Number.NaN), 'n must be a number'],
  ])('an invalid %s rejects and says what is wrong', async (_option, read, message) => {
    const { backend, open } = createTestBackend();
    backend.gauge(open('gauge', 'level'), 1);
    await expect(read(backend)).rejects.toThrow(message);
  });
});

describe('dropped samples', () => {
  test('are those of times that no rollup keeps, and of the future', async () => {
    const { backend, clock, open } = createTestBackend();
    const id = open('counter', 'jobs');
    backend.recordAt(id, 1, clock.seconds + 60);
    backend.recordAt(id, 1, clock.seconds - 91 * 86_400);
    backend.recordAt(id, 1, clock.seconds + 61);
    backend.recordAt(id, 1, clock.seconds - 93 * 86_400);
    backend.recordAt(id, 1, -1e18);
    expect(backend.stats()).toEqual({
      accepted: 5,
      sent: 2,
      dropped: { in_future: 1, too_old: 2 },
      pending: 0,
      sampledOut: 0,
    });
  });

  test('are those of sums that overflow, of the wrong kind, and after close', async () => {
    const { backend, open } = createTestBackend();
    const counter = open('counter', 'jobs');
    const set = open('set', 'users');
    backend.incr(counter, 1e308);
    backend.incr(counter, 1e308);
    backend.timing(counter, 1);
    backend.timing(set, 1);
    backend.set(counter, 'ann');
    await backend.flush();
    backend.incr(counter, 1);
    await backend.close({ timeout: 100 });
    backend.incr(counter, 1);
    expect(await backend.sum('jobs')).toBe(1);
    expect(backend.stats()).toMatchObject({
      sent: 1,
      pending: 0,
      dropped: { not_finite: 2, wrong_kind: 3, closed: 1 },
    });
  });
});

test('a clock that is set back far starts the history over', async () => {
  const { backend, clock, open } = createTestBackend();
  const id = open('counter', 'jobs');
  backend.incr(id, 1);
  clock.seconds -= 200 * 86_400;
  const before = clock.seconds;
  backend.incr(id, 2);
  expect(await backend.range('jobs', { start: before })).toEqual([[before, 2]]);
  expect(await backend.range('jobs', { start: before - 20 * 86_400 }).then((points) => points.at(-1)?.[1])).toBe(2);
  clock.seconds += 10;
  backend.incr(id, 4);
  expect(await backend.range('jobs', { start: before })).toEqual([
    [before, 2],
    [before + 10, 4],
  ]);
  expect(backend.stats().dropped).toEqual({});
});

test('a million increments over a hundred series are a million', async () => {
  const backend = new TimeSeriesBackend({ include: ['*'] });
  const metrics = createMetrics({ backend });
  for (let call = 0; call < 1_000_000; call += 1) metrics.incr('jobs', 1, { tags: { queue: call % 100 } });
  expect(await backend.sum('jobs', { tags: { queue: 7 } })).toBe(10_000);
  expect(await backend.sum('jobs')).toBe(1_000_000);
  expect(backend.stats()).toEqual(expect.objectContaining({ accepted: 1_000_000, pending: 0, dropped: {} }));
  await metrics.close();
});

describe('time', () => {
  beforeEach(() => jest.useFakeTimers({ now: NOON * 1000 }));
  afterEach(() => jest.useRealTimers());

  test('the default clock is read at least every 100 ms, and every 256 samples in a busy loop', async () => {
    const backend = new TimeSeriesBackend();
    const id = 0;
    backend.open(id, seriesOf('counter', 'jobs', { internal: true }));
    jest.setSystemTime(NOON * 1000 + 9_900);
    backend.incr(id, 1);
    jest.advanceTimersByTime(100);
    backend.incr(id, 2);
    jest.setSystemTime(NOON * 1000 + 20_000);
    for (let sample = 0; sample < 256; sample += 1) backend.incr(id, 100);
    const counts = (await backend.range('jobs', { start: NOON })).map(([, value]) => value ?? 0);
    expect(counts[0]).toBe(1);
    expect(counts[1]! + counts[2]!).toBe(25_602);
    expect(counts[2]).toBeGreaterThanOrEqual(100);
    await backend.close({ timeout: 100 });
    expect(jest.getTimerCount()).toBe(0);
  });

  test('observed gauges are read at each flush of the timer', async () => {
    const backend = new TimeSeriesBackend({ include: ['*'], flushInterval: 5000 });
    const metrics = createMetrics({ backend });
    let length = 1;
    metrics.defineGauge('queue', { observe: () => length });
    await jest.advanceTimersByTimeAsync(5000);
    length = 2;
    await jest.advanceTimersByTimeAsync(5000);
    expect(await backend.range('queue', { start: NOON })).toEqual([
      [NOON, 1],
      [NOON + 10, 2],
    ]);
    jest.useRealTimers();
    await metrics.close();
  });
});

test.each<[string, () => unknown, string]>([
  ['rollups', () => new TimeSeriesBackend({ rollups: [] }), 'rollups must be a list'],
  [
    'step',
    () => new TimeSeriesBackend({ rollups: [{ step: 0.5, points: 3 }] }),
    'step must be a whole number of seconds, not 0.5',
  ],
  [
    'points',
    () => new TimeSeriesBackend({ rollups: [{ step: 5, points: 0 }] }),
    'points must be a whole number from 1',
  ],
  [
    'steps',
    () =>
      new TimeSeriesBackend({
        rollups: [
          { step: 10, points: 3 },
          { step: 25, points: 3 },
        ],
      }),
    '25 is not one of 10',
  ],
  [
    'twice',
    () =>
      new TimeSeriesBackend({
        rollups: [
          { step: 10, points: 3 },
          { step: 10, points: 3 },
        ],
      }),
    'the step 10 is there twice',
  ],
  ['include', () => new TimeSeriesBackend({ include: 'jobs.*' as unknown as string[] }), 'include must be a list'],
  ['flushInterval', () => new TimeSeriesBackend({ flushInterval: 0 }), 'flushInterval must be from 10'],
  ['clock', () => new TimeSeriesBackend({ clock: 5 as unknown as () => number }), 'clock must be a function, not 5'],
  ['store', () => new TimeSeriesBackend({ store: {} as never }), 'store must be a store'],
  [
    'maxSeries',
    () => createBackend({ maxSeries: 0 }),
    'maxSeries must be an integer from 1 to 9007199254740991, not 0',
  ],
  [
    'maxBytes',
    () => createBackend({ maxBytes: 1 }),
    'maxBytes must be an integer from 65536 to 9007199254740991, not 1',
  ],
  ['path', () => createBackend({ snapshot: { path: '' } }), 'snapshot.path must be a non-empty string'],
  ['interval', () => createBackend({ snapshot: { path: 'x', interval: 1 } }), 'snapshot.interval must be from 100'],
])('an invalid option %s throws and says what is wrong', (_option, create, message) => {
  expect(create).toThrow(message);
});
