import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Problem } from '@metrics/core';
import { runProgram } from 'test-kit/run-program';
import { MemoryStore, type MemoryStoreOptions, type TimeSeriesOptions } from '../../src/index.js';
import { createTestBackend, NOON } from '../create-test-backend.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'metrics-timeseries-'));
  path = join(folder, 'history');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Creates a backend with a snapshot, and a list of the problems that it reports. */
function restart(options: TimeSeriesOptions & { readonly memory?: MemoryStoreOptions } = {}) {
  const store = new MemoryStore({ snapshot: { path }, ...options.memory });
  const created = createTestBackend({ store, ...options });
  const problems: Problem[] = [];
  created.backend.start({ report: (problem) => problems.push(problem), collect: () => {} });
  return { ...created, store, problems };
}

/** Writes a history of every kind. Resolves with the results of reads. */
async function writeHistory() {
  const { backend, clock, open, problems } = restart();
  const ids = {
    counter: open('counter', 'jobs', { queue: 'größe\n"' }),
    gauge: open('gauge', 'level'),
    timing: open('timing', 'run'),
    set: open('set', 'users'),
  };
  clock.seconds -= 7200;
  for (let step = 0; step < 100; step += 1) {
    backend.incr(ids.counter, step + 0.1);
    backend.gauge(ids.gauge, -step);
    backend.gauge(ids.gauge, step);
    for (let value = 0; value < 5; value += 1) backend.timing(ids.timing, value * step);
    backend.set(ids.set, `user ${step}`);
    clock.seconds += 72;
  }
  const before = await readAll(backend);
  await backend.close({ timeout: 1000 });
  expect(problems).toEqual([]);
  return before;
}

async function readAll(backend: ReturnType<typeof restart>['backend']) {
  const reads: unknown[] = [];
  for (const key of await backend.keys()) {
    reads.push(await backend.series(key));
    for (const start of [NOON - 3500, NOON - 86_400, NOON - 20 * 86_400])
      reads.push(await backend.range(key, { start }));
  }
  for (const statistic of ['min', 'max'] as const) reads.push(await backend.range('level', { statistic }));
  reads.push(await backend.range('run', { statistic: 'p95' }));
  return reads;
}

test('history of every kind and rollup is the same after a restart', async () => {
  const before = await writeHistory();
  expect(readdirSync(folder)).toEqual(['history']);
  const { backend, problems } = restart();
  expect(await readAll(backend)).toEqual(before);
  expect(problems).toEqual([]);
  expect(backend.stats()).toMatchObject({ accepted: 0 });
});

test('after a restart the history continues, and after a later one expired history is gone', async () => {
  await writeHistory();
  const { backend, open, clock } = restart();
  const id = open('counter', 'jobs', { queue: 'größe\n"' });
  const before = await backend.sum('jobs', { start: NOON - 86_400 });
  backend.incr(id, 1000);
  expect(await backend.sum('jobs', { start: NOON - 86_400 })).toBeCloseTo(before + 1000);
  await backend.close({ timeout: 1000 });
  clock.seconds += 100 * 86_400;
  const later = createTestBackend({ store: new MemoryStore({ snapshot: { path } }), clock: clock.milliseconds });
  await later.backend.flush();
  expect(await later.backend.keys()).toEqual([]);
});

test('rollups that stay keep their history when others change', async () => {
  await writeHistory();
  const { backend } = restart({
    rollups: [
      { step: 60, points: 10 },
      { step: 3600, points: 48 },
    ],
  });
  // A new one is filled from a finer one that fits.
  expect(await backend.range('level', { start: NOON - 300 })).toEqual(
    [96, 97, 98, 99, null, null].map((value) => [expect.any(Number), value]),
  );
  expect(await backend.value('run', { start: NOON - 86_400, statistic: 'count' })).toBe(500);
});

test('a missing file is a first start, not a problem', () => {
  expect(restart().problems).toEqual([]);
});

test.each<[string, () => void, RegExp, number]>([
  ['empty', () => writeFileSync(path, ''), /cut off after its record/, 0],
  ['of something else', () => writeFileSync(path, '{"hello": "world"}\n'), /damaged/, 0],
  ['cut off', () => writeFileSync(path, readFileSync(path).subarray(0, -30)), /damaged after its record 3|cut off/, 3],
  [
    'changed in a byte',
    () => writeFileSync(path, readFileSync(path, 'latin1').replace('"level"', '"lever"'), 'latin1'),
    /damaged after its record 1/,
    1,
  ],
  [
    'of another version',
    () => {
      const header = '{"format":"metrics-timeseries","version":2}';
      writeFileSync(path, `${crc32(header).toString(16).padStart(8, '0')} ${header}\n`);
    },
    /not a snapshot of version 1/,
    0,
  ],
  ['larger than is read', () => appendFileSync(path, Buffer.alloc(2 ** 20)), /more than the 262144 that are read/, 0],
])(
  'a file that is %s is reported as a problem, not thrown; the intact records before are kept',
  async (_description, damage, message, kept) => {
    await writeHistory();
    damage();
    const { backend, open, problems } = restart({ memory: { maxBytes: 65_536, snapshot: { path } } });
    expect(problems).toEqual([
      expect.objectContaining({
        code: 'snapshot_unreadable',
        cause: expect.objectContaining({ message: expect.stringMatching(message) }),
      }),
    ]);
    expect(await backend.keys()).toHaveLength(kept);
    backend.incr(open('counter', 'new'), 1);
    await backend.close({ timeout: 1000 });
    expect(await restart().backend.sum('new')).toBe(1);
  },
);

test('a file that cannot be written is a problem, and recording continues', async () => {
  const { backend, open, problems } = restart({ memory: { snapshot: { path: join(folder, 'missing', 'history') } } });
  backend.incr(open('counter', 'jobs'), 1);
  backend.flushSync();
  await backend.close({ timeout: 1000 });
  expect(problems.map(({ code }) => code)).toEqual(['snapshot_failed', 'snapshot_failed']);
  expect(await backend.sum('jobs')).toBe(1);
});

test('a close without time leaves the previous file unchanged, and no other file', async () => {
  await writeHistory();
  const before = readFileSync(path);
  const { backend, open, problems } = restart();
  backend.incr(open('counter', 'jobs'), 1);
  await backend.close({ timeout: 0 });
  expect(readFileSync(path).equals(before)).toBe(true);
  expect(readdirSync(folder)).toEqual(['history']);
  expect(problems.map(({ code }) => code)).toEqual(['snapshot_failed']);
});

test('a process that exits during a write leaves a complete file', async () => {
  const { backend, open } = restart();
  for (let index = 0; index < 2000; index += 1) backend.incr(open('counter', `jobs.${index}`), 1);
  await backend.flush();
  const closing = backend.close({ timeout: 5000 });
  while (readdirSync(folder).length === 0) await new Promise((resolve) => setImmediate(resolve));
  backend.flushSync();
  await closing;
  const { backend: after, problems } = restart();
  expect(problems).toEqual([]);
  expect(await after.keys()).toHaveLength(2000);
});

test('the file is written after each interval, and only if something changed', async () => {
  const { backend, open } = restart({ memory: { snapshot: { path, interval: 100 } }, flushInterval: 10 });
  backend.incr(open('counter', 'jobs'), 5);
  while (readdirSync(folder).join() !== 'history') await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await restart().backend.sum('jobs')).toBe(5);
  await backend.close({ timeout: 1000 });
});

test.each([
  ['process.exit()', 'process.exit(3)', 3],
  ['an uncaught error', "throw new Error('on purpose')", 1],
])('a process that ends by %s saves its history', async (_description, end, expected) => {
  const source = `
    import { metrics } from '@metrics/core';
    import { createBackend } from '@metrics/timeseries';
    metrics.register(createBackend({ include: ['*'], snapshot: { path: ${JSON.stringify(path)} } }));
    metrics.incr('jobs', 7);
    ${end};
  `;
  const { code } = await runProgram(source, { cwd: join(__dirname, '..', '..') });
  expect(code).toBe(expected);
  const { backend } = createTestBackend({ store: new MemoryStore({ snapshot: { path } }), clock: Date.now });
  expect(await backend.sum('jobs')).toBe(7);
});
