import type { Problem } from '@metrics/core';
import { seriesOf } from 'test-kit/series-of';
import { MemoryStore, TimeSeriesBackend } from '../../src/index.js';
import { createTestBackend, NOON } from '../create-test-backend.js';

const HOUR = 3600;
const DAY = 24 * HOUR;

/** Starts a backend. Returns the problems that it reports. */
function collectProblems(backend: TimeSeriesBackend): Problem[] {
  const problems: Problem[] = [];
  backend.start({ report: (problem) => problems.push(problem), collect: () => {} });
  return problems;
}

test('at maxSeries, samples of new series are dropped while all others are written', async () => {
  const { backend, open } = createTestBackend({ store: new MemoryStore({ maxSeries: 3 }) });
  const problems = collectProblems(backend);
  for (const key of ['a', 'b', 'c', 'd']) backend.incr(open('counter', key), 1);
  expect(await backend.keys()).toEqual(['a', 'b', 'c']);
  expect(backend.stats()).toMatchObject({ sent: 3, pending: 0, dropped: { store_full: 1 } });
  expect(problems).toEqual([expect.objectContaining({ code: 'store_full', metric: 'd', count: 1 })]);
});

test('at maxSeries, series that were idle for an hour are evicted, the longest idle first', async () => {
  const { backend, clock, open } = createTestBackend({ store: new MemoryStore({ maxSeries: 3 }) });
  const problems = collectProblems(backend);
  const ids = ['a', 'b', 'c', 'd'].map((key) => open('counter', key));
  for (const index of [1, 0, 2]) {
    backend.incr(ids[index]!, 1);
    await backend.flush();
    clock.seconds += HOUR;
  }
  backend.incr(ids[3]!, 1);
  expect(await backend.keys()).toEqual(['a', 'c', 'd']);
  backend.incr(ids[1]!, 5);
  expect(await backend.keys()).toEqual(['b', 'c', 'd']);
  expect(problems.map(({ code, count }) => [code, count])).toEqual([
    ['series_evicted', 1],
    ['series_evicted', 1],
  ]);
  expect(backend.stats()).toEqual(expect.objectContaining({ sent: 5, dropped: {} }));
});

test('at maxBytes nothing grows, existing series are still written, and idle series are evicted', async () => {
  const store = new MemoryStore({ maxBytes: 65_536 });
  const { backend, clock, open } = createTestBackend({ store });
  collectProblems(backend);
  const counters = Array.from({ length: 100 }, (_, index) => open('counter', `counter.${index}`));
  for (const id of counters) backend.incr(id, 1);
  await backend.flush();
  const { store_full: full = 0 } = backend.stats().dropped;
  expect(full).toBeGreaterThan(10);
  expect(store.size).toBe(100 - full);
  expect(store.bytes).toBeLessThanOrEqual(65_536);
  backend.incr(counters[0]!, 2);
  expect(await backend.sum('counter.0')).toBe(3);
  // Timings grow with their values; if there is no room for more, their samples are dropped and reported.
  clock.seconds += 2 * HOUR;
  const timing = open('timing', 'timing');
  for (let value = 1; value < 6000; value += 1) backend.timing(timing, 1.02 ** (value % 2000) / 1e6);
  await backend.flush();
  expect(store.bytes).toBeLessThanOrEqual(65_536);
  const { accepted, sent, dropped } = backend.stats();
  expect(sent + dropped['store_full']!).toBe(accepted);
  expect(await backend.value('timing', { statistic: 'count' })).toBe(sent - 101 + full);
});

test('nothing leaks when keys come and go: expired history is freed, and its memory is used again', async () => {
  const store = new MemoryStore();
  const { backend, clock } = createTestBackend({
    store,
    rollups: [
      { step: 10, points: 6 },
      { step: 60, points: 5 },
    ],
  });
  const kinds = ['counter', 'gauge', 'timing', 'set'] as const;
  const sizes: number[] = [];
  for (let wave = 0; wave < 20; wave += 1) {
    for (let id = 0; id < 200; id += 1) {
      const kind = kinds[id % 4]!;
      const key = `${String(wave).padStart(3, '0')}.${id}`;
      backend.open(id, seriesOf(kind, key, { internal: true }));
      if (kind === 'counter') backend.incr(id, 1);
      else if (kind === 'gauge') backend.gauge(id, 1);
      else if (kind === 'timing') backend.timing(id, 1);
      else backend.set(id, 'ann');
      backend.release(id);
    }
    sizes.push(store.bytes);
    clock.seconds += 500;
    await backend.flush();
    expect(store.size).toBe(0);
    expect(store.bytes).toBe(0);
  }
  expect(new Set(sizes).size).toBe(1);
});

test('the finest history of an idle series is freed while the coarser ones stay', async () => {
  const store = new MemoryStore();
  const { backend, clock, open } = createTestBackend({ store });
  const id = open('counter', 'jobs');
  for (let step = 0; step < 360; step += 1) {
    backend.incr(id, 1);
    clock.seconds += 10;
  }
  await backend.flush();
  const full = store.bytes;
  clock.seconds += 2 * HOUR;
  await backend.flush();
  expect(store.bytes).toBeLessThan(full - 2500);
  expect(await backend.sum('jobs', { start: NOON, end: NOON + HOUR })).toBe(360);
  clock.seconds += 8 * DAY;
  await backend.flush();
  expect(await backend.sum('jobs', { start: NOON, end: NOON + HOUR })).toBe(360);
  clock.seconds += 90 * DAY;
  await backend.flush();
  expect(store.size).toBe(0);
});

test('counters take less than 8 kB each when their history is full', async () => {
  const store = new MemoryStore({ maxBytes: 2 ** 30 });
  const { backend, clock, open } = createTestBackend({ store });
  const ids = Array.from({ length: 100 }, (_, index) => open('counter', 'requests', { route: `/api/route/${index}` }));
  const record = async (step: number, count: number) => {
    for (let done = 0; done < count; done += 1) {
      for (const id of ids) backend.incr(id, 1);
      clock.seconds += step;
    }
    await backend.flush();
  };
  await record(DAY, 90);
  await record(HOUR, 170);
  await record(10, 370);
  expect(store.bytes / ids.length).toBeLessThan(8000);
  expect(await backend.sum('requests', { start: clock.seconds - 80 * DAY })).toBeGreaterThan(100 * 540);
});

test('a store can have only one backend', () => {
  const store = new MemoryStore();
  const create = () => new TimeSeriesBackend({ store });
  create();
  expect(create).toThrow('This store has a backend already');
});
