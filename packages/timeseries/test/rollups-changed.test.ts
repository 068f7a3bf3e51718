import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Problem } from '@metrics/core';
import { describeWithRedis, RedisServer } from 'test-kit/redis-server';
import { MemoryStore, type Rollup, type TimeSeriesBackend, type TimeSeriesStore } from '../src/index.js';
import { RedisStore } from '../src/redis.js';
import { createTestBackend, NOON } from './create-test-backend.js';

const SECONDS = { step: 10, points: 360 };
const MINUTES = { step: 60, points: 360 };
const HOURS = { step: 3600, points: 168 };
const DAYS = { step: 86_400, points: 90 };
/** 12:35, within an hour and a minute that began before a restart. */
const NOW = NOON + 35 * 60 + 7;

/** A process with its own rollups that continues the history of the one before. */
function startProcess(store: TimeSeriesStore, rollups: readonly Rollup[], seconds: number) {
  const clock = { seconds };
  const created = createTestBackend({ store, rollups, clock: () => clock.seconds * 1000 });
  const problems: Problem[] = [];
  created.backend.start({ report: (problem) => problems.push(problem), collect: () => {} });
  return { ...created, clock, problems };
}

/** Counts one failure in each of the last 30 minutes, and 100 five hours ago. */
function recordFailures({ backend, open, clock }: ReturnType<typeof startProcess>): void {
  const failed = open('counter', 'jobs.failed', { queue: 'mail' });
  const run = open('timing', 'jobs.run');
  const level = open('gauge', 'level');
  const now = clock.seconds;
  clock.seconds = now - 5 * 3600;
  backend.incr(failed, 100);
  for (clock.seconds = now - 1800; clock.seconds <= now; clock.seconds += 60) {
    backend.incr(failed, 1);
    backend.timing(run, clock.seconds - now + 1800);
    backend.gauge(level, clock.seconds);
  }
  clock.seconds = now;
}

async function total(backend: TimeSeriesBackend, start: number, step?: number): Promise<number> {
  const points = await backend.range('jobs.failed', { start, step });
  return points.reduce((sum, [, value]) => sum + value!, 0);
}

describe('when the option `rollups` changed, a memory store', () => {
  let folder: string;
  let newStore: () => MemoryStore;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'metrics-timeseries-'));
    newStore = () => new MemoryStore({ snapshot: { path: join(folder, 'history') } });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test.each<[string, Rollup[], Rollup[]]>([
    ['a coarser finest one', [SECONDS, HOURS], [MINUTES, HOURS]],
    ['a finer one', [MINUTES, HOURS], [SECONDS, HOURS]],
    [
      'one of another step',
      [
        { step: 7, points: 600 },
        { ...HOURS, step: 3500 },
      ],
      [SECONDS, { ...HOURS, step: 3500 }],
    ],
    ['a longer one', [SECONDS, HOURS], [{ step: 10, points: 8640 }, HOURS]],
    ['a coarse one in addition', [SECONDS], [SECONDS, HOURS]],
    ['days in addition', [SECONDS, HOURS], [SECONDS, HOURS, DAYS]],
    ['one less', [SECONDS, HOURS, DAYS], [SECONDS, DAYS]],
    [
      'others throughout',
      [MINUTES, HOURS],
      [
        { step: 120, points: 360 },
        { step: 7200, points: 90 },
      ],
    ],
  ])('still reads what happened before the restart, with %s', async (_change, before, after) => {
    const first = startProcess(newStore(), before, NOW);
    recordFailures(first);
    const start = NOW - 1800;
    const longAgo = await first.backend.sum('jobs.failed', { start: NOW - 6 * 3600 });
    await first.backend.close({ timeout: 1000 });
    // Twice, because the second restart reads what the first has restored.
    for (let restart = 0; restart < 2; restart += 1) {
      const next = startProcess(newStore(), after, NOW + restart);
      expect(await next.backend.sum('jobs.failed', { start })).toBeGreaterThanOrEqual(31);
      expect(await next.backend.sum('jobs.failed', { start, tags: { queue: 'mail' } })).toBeGreaterThanOrEqual(31);
      expect(await total(next.backend, start)).toBeGreaterThanOrEqual(31);
      expect(await next.backend.top('jobs.failed', 'queue', 1, { start })).toMatchObject([{ tagValue: 'mail' }]);
      expect(await next.backend.value('jobs.run', { start, statistic: 'count' })).toBe(31);
      expect(await next.backend.value('jobs.run', { start, statistic: 'max' })).toBe(1800);
      expect(await next.backend.value('level', { start })).toBe(NOW);
      expect(await next.backend.sum('jobs.failed', { start: NOW - 6 * 3600 })).toBeGreaterThanOrEqual(longAgo);
      expect(next.problems).toEqual([]);
      await next.backend.close({ timeout: 1000 });
    }
  });

  test('fills a coarser rollup from the buckets of a finer one, exactly', async () => {
    const first = startProcess(newStore(), [SECONDS], NOW);
    recordFailures(first);
    await first.backend.close({ timeout: 1000 });
    const { backend } = startProcess(newStore(), [MINUTES], NOW);
    expect(await backend.sum('jobs.failed', { start: NOW - 600 })).toBe(11);
    const level = await backend.range('level', { start: NOW - 120 });
    expect(level.map(([, value]) => value)).toEqual([NOW - 120, NOW - 60, NOW]);
  });

  test('does not show points with a requested step from before that step was recorded', async () => {
    const first = startProcess(newStore(), [MINUTES, HOURS], NOW);
    recordFailures(first);
    await first.backend.close({ timeout: 1000 });
    const { backend, clock, open } = startProcess(newStore(), [SECONDS, HOURS], NOW);
    clock.seconds += 60;
    backend.incr(open('counter', 'jobs.failed', { queue: 'mail' }), 5);
    const points = await backend.range('jobs.failed', { start: NOW - 1800, step: 10 });
    expect(points.at(-1)).toEqual([NOON + 36 * 60, 5]);
    expect(points[0]![0]).toBeGreaterThanOrEqual(NOW);
  });

  test.each([
    ['all of it', [HOURS], [SECONDS]],
    ['what is older than an hour', [SECONDS, HOURS], [MINUTES, { step: 600, points: 500 }]],
  ])('reports a history that fits into none of the new ones, once: %s', async (_part, before, after) => {
    const first = startProcess(newStore(), before, NOW);
    recordFailures(first);
    await first.backend.close({ timeout: 1000 });
    const { problems, backend, open } = startProcess(newStore(), after, NOW);
    expect(problems).toMatchObject([
      { code: 'rollups_changed', count: 1, message: expect.stringContaining('3600 seconds') },
    ]);
    backend.incr(open('counter', 'jobs'), 1);
    await backend.close({ timeout: 1000 });
    expect(startProcess(newStore(), after, NOW).problems).toEqual([]);
  });
});

describeWithRedis('when the option `rollups` changed, a Redis store', () => {
  let server: RedisServer;
  beforeEach(async () => {
    server = await RedisServer.start();
  });
  afterEach(() => server.remove());
  const now = Math.floor(Date.now() / 3_600_000) * 3600 + 35 * 60 + 7;

  test.each<[string, Rollup[], Rollup[]]>([
    ['a coarser finest one', [SECONDS, HOURS], [MINUTES, HOURS]],
    ['a finer one', [MINUTES, HOURS], [SECONDS, HOURS]],
    ['a longer one', [SECONDS, HOURS], [{ step: 10, points: 8640 }, HOURS]],
    ['a coarse one in addition', [SECONDS], [SECONDS, HOURS]],
    ['one less', [SECONDS, HOURS, DAYS], [SECONDS, DAYS]],
  ])('still reads what happened before the restart, with %s', async (_change, before, after) => {
    const first = startProcess(new RedisStore({ url: server.url }), before, now);
    recordFailures(first);
    await first.backend.close({ timeout: 5000 });
    const next = startProcess(new RedisStore({ url: server.url }), after, now + 20);
    const start = now - 1800;
    // The new process reads before it has written anything, and after.
    for (const more of [0, 5]) {
      if (more > 0) next.backend.incr(next.open('counter', 'jobs.failed', { queue: 'mail' }), more);
      expect(await next.backend.sum('jobs.failed', { start })).toBeGreaterThanOrEqual(31 + more);
      expect(await total(next.backend, start)).toBeGreaterThanOrEqual(31 + more);
      expect(await next.backend.value('jobs.run', { start, statistic: 'count' })).toBe(31);
      expect(await next.backend.value('level', { start })).toBe(now);
      next.clock.seconds += 30;
    }
    await next.backend.close({ timeout: 5000 });
  });

  test('trusts no rollup that was left out for a while and came back', async () => {
    let time = now;
    for (const [rollups, amount] of [
      [[SECONDS, HOURS], 1],
      [[MINUTES, HOURS], 10],
      [[SECONDS, HOURS], 100],
    ] as const) {
      const { backend, open } = startProcess(new RedisStore({ url: server.url }), rollups, time);
      backend.incr(open('counter', 'jobs.failed'), amount);
      await backend.flush();
      expect(await backend.sum('jobs.failed', { start: now - 60 })).toBe([1, 11, 111][String(amount).length - 1]);
      await backend.close({ timeout: 5000 });
      time += 120;
    }
  });

  test('reports a history that fits into none of the new ones, once', async () => {
    const first = startProcess(new RedisStore({ url: server.url }), [HOURS], now);
    for (let key = 0; key < 40; key += 1) first.backend.incr(first.open('counter', `jobs.${key}`), 1);
    await first.backend.close({ timeout: 5000 });
    const { problems, backend, open } = startProcess(new RedisStore({ url: server.url }), [MINUTES], now);
    for (let key = 0; key < 40; key += 1) backend.incr(open('counter', `jobs.${key}`), 1);
    await backend.close({ timeout: 5000 });
    expect(problems).toMatchObject([
      { code: 'rollups_changed', count: 1, message: expect.stringContaining('3600 seconds') },
    ]);
  });
});
