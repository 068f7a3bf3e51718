import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Problem } from '@metrics/core';
import fc from 'fast-check';
import { MemoryStore, type Point } from '../../src/index.js';
import { createTestBackend, NOON } from '../create-test-backend.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'metrics-timeseries-'));
  path = join(folder, 'history');
});
afterEach(() => rmSync(folder, { recursive: true }));

function restart() {
  const store = new MemoryStore({ snapshot: { path } });
  const created = createTestBackend({ store });
  const problems: Problem[] = [];
  created.backend.start({ report: (problem) => problems.push(problem), collect: () => {} });
  return { ...created, problems };
}

function isFinitePoint([time, value]: Point): boolean {
  return Number.isFinite(time) && (value === null || Number.isFinite(value));
}

function line(content: unknown): string {
  const json = typeof content === 'string' ? content : JSON.stringify(content);
  return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`;
}

/** Writes a snapshot with valid checksums around any records: objects, or strings that are not JSON. */
function writeSnapshot(records: readonly unknown[], header: object = {}): void {
  const all = [{ format: 'metrics-timeseries', version: 1, ...header }, ...records, { end: records.length }];
  writeFileSync(path, all.map(line).join(''));
}

/** Returns the records of a history with every kind, as objects. */
async function realRecords(): Promise<Record<string, unknown>[]> {
  const { backend, open } = restart();
  backend.incr(open('counter', 'jobs', { queue: 'mail' }), 3);
  backend.gauge(open('gauge', 'level'), 5);
  for (let value = 1; value < 20; value += 1) {
    backend.timing(open('timing', 'run'), value);
    backend.set(open('set', 'users'), `user ${value}`);
  }
  for (let member = 0; member < 500; member += 1) backend.set(open('set', 'many'), `user ${member}`);
  await backend.close({ timeout: 1000 });
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n').slice(1, -1);
  return lines.map((each) => JSON.parse(each.slice(9)) as Record<string, unknown>);
}

/** Reads everything. Every number must be finite, and every read must end. */
async function readAll({ backend }: ReturnType<typeof restart>): Promise<string[]> {
  const keys = await backend.keys();
  for (const key of keys) {
    const kind = (await backend.series(key)).at(-1)?.kind;
    const statistics =
      kind === 'timing' || kind === 'distribution' ? (['mean', 'p50', 'p99', 'min', 'sum'] as const) : [];
    for (const statistic of [undefined, ...statistics])
      for (const start of [NOON - 3600, NOON - 20 * 3600, 0])
        expect((await backend.range(key, { start, statistic })).every(isFinitePoint)).toBe(true);
    await backend.top(key, 'queue', 5);
    await backend.latest(key);
  }
  return keys;
}

const bucket = Math.floor(NOON / 10);
const counter = { kind: 'counter', key: 'jobs', tags: {}, writtenAt: NOON, rings: { 10: [[bucket, 5]] } };
const encode = (...bytes: number[]) => Buffer.from(bytes).toString('base64');
const double = (value: number) => [...Buffer.from(Float64Array.of(value).buffer)];
const summary = (content: unknown, kind = 'timing') => ({ ...counter, kind, rings: { 10: [[bucket, content]] } });

test.each<[string, unknown]>([
  ['null', null],
  ['a number', 5],
  ['a list', []],
  ['no JSON', 'this is no JSON'],
  ['no fields', {}],
  ['a kind that is a property of objects', { ...counter, kind: 'constructor' }],
  ['a kind of another type', { ...counter, kind: 7 }],
  ['a key that is a number', { ...counter, key: 5 }],
  ['a key that is null', { ...counter, key: null }],
  ['no tags', { ...counter, tags: null }],
  ['tags in a list', { ...counter, tags: ['a'] }],
  ['a tag that is an object', { ...counter, tags: { queue: {} } }],
  ['a unit that is a number', { ...counter, unit: 5 }],
  ['writtenAt of null', { ...counter, writtenAt: null }],
  ['writtenAt of a string', { ...counter, writtenAt: 'now' }],
  ['rings of null', { ...counter, rings: null }],
  ['a ring that is a string', { ...counter, rings: { 10: 'x' } }],
  ['a bucket that is null', { ...counter, rings: { 10: [null] } }],
  ['a bucket with a fraction', { ...counter, rings: { 10: [[bucket + 0.5, 5]] } }],
  ['a bucket with a string as number', { ...counter, rings: { 10: [[`${bucket}`, 5]] } }],
  ['a bucket of null', { ...counter, rings: { 10: [[null, 5]] } }],
  ['a negative bucket', { ...counter, rings: { 10: [[-1, 5]] } }],
  ['a sum of null', { ...counter, rings: { 10: [[bucket, null]] } }],
  ['a sum of a string', { ...counter, rings: { 10: [[bucket, '5']] } }],
  ['a sum beyond all numbers', JSON.stringify(counter).replace(`[${bucket},5]`, `[${bucket},1e999]`)],
  ['a gauge without a minimum', { ...counter, kind: 'gauge', rings: { 10: [[bucket, 5]] } }],
  ['a gauge whose minimum is above', { ...counter, kind: 'gauge', rings: { 10: [[bucket, 5, 6, 7, 0]] } }],
  ['a gauge of a far time', { ...counter, kind: 'gauge', rings: { 10: [[bucket, 5, 5, 5, 1e300]] } }],
  ['a summary that is a number', summary(5)],
  ['an empty summary', summary('')],
  ['a summary with an endless count', summary(encode(...Array.from({ length: 200 }, () => 255)))],
  ['a summary of NaN', summary(encode(1, ...double(Number.NaN), ...double(1), ...double(1), 5, 1))],
  ['a summary with an infinite maximum', summary(encode(1, ...double(1), ...double(1), ...double(Infinity), 5, 1))],
  ['a summary whose bins do not add up', summary(encode(9, ...double(1), ...double(1), ...double(1), 5, 1))],
  ['a summary that is cut off', summary(encode(1, 2, 3))],
  [
    'a summary with a bin far away',
    summary(encode(1, ...double(1), ...double(1), ...double(1), 255, 255, 255, 255, 255, 255, 127, 1)),
  ],
  ['a set of NaN', summary(encode(0, ...double(Number.NaN)), 'set')],
  ['a set with a hash with a fraction', summary(encode(0, ...double(0.5)), 'set')],
  ['a set that is cut off', summary(encode(0, 1, 2, 3), 'set')],
  ['a set with short registers', summary(encode(1, 2, 3), 'set')],
  ['a set with impossible registers', summary(encode(1, ...Array.from({ length: 4096 }, () => 255)), 'set')],
  ['a set of another type', summary(encode(7, 1), 'set')],
])('a record with a valid checksum but %s is skipped and reported, and the others are read', async (_what, record) => {
  const good = { ...counter, key: 'good' };
  writeSnapshot([good, record, { ...good, key: 'better' }]);
  const started = restart();
  expect(started.problems).toMatchObject([
    { code: 'snapshot_unreadable', cause: { message: expect.stringMatching(/^1 of 3 records are invalid/) } },
  ]);
  expect(await readAll(started)).toEqual(['better', 'good']);
  expect(await started.backend.sum('good')).toBe(5);
  started.backend.incr(started.open('counter', 'jobs'), 2);
  expect(await started.backend.sum('jobs')).toBe(2);
  await started.backend.close({ timeout: 1000 });
  expect(restart().problems).toEqual([]);
});

test('a series that is there twice counts once', async () => {
  writeSnapshot([counter, counter]);
  const { backend, problems } = restart();
  expect(problems).toMatchObject([{ code: 'snapshot_unreadable' }]);
  expect(await backend.sum('jobs')).toBe(5);
  expect(await backend.series('jobs')).toHaveLength(1);
});

test.each<[string, object]>([
  ['null', { rollups: null, time: NOON }],
  ['no list', { rollups: {}, time: NOON }],
  ['a step of 0', { rollups: [{ step: 0, points: 5, since: 0 }], time: NOON }],
  ['null in the list', { rollups: [null], time: NOON }],
  ['a negative time', { rollups: [], time: -1 }],
  ['a time that is a string', { rollups: [], time: 'now' }],
])('a header with %s as rollups is reported, and the store starts empty', async (_what, header) => {
  writeSnapshot([counter], header);
  const started = restart();
  expect(started.problems).toMatchObject([{ code: 'snapshot_unreadable' }]);
  expect(await readAll(started)).toEqual([]);
});

test('no content with valid checksums makes the start hang or throw, or a read end without a finite number', async () => {
  const real = await realRecords();
  const junk = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom<unknown>(null, -1, 0.5, 1e308, 2 ** 53, '', 'constructor', '__proto__', [], {}, '1e999', bucket),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('base64')),
  );
  /** A copy of a record in which the value at one path is something else. */
  const mutated = fc
    .tuple(fc.constantFrom(...real), fc.array(fc.nat(1000), { maxLength: 6 }), junk)
    .map(([record, steps, value]): unknown => {
      const copy = structuredClone(record);
      let at: Record<string, unknown> = copy;
      for (const [depth, step] of steps.entries()) {
        const names = Object.keys(at);
        const name = names[step % Math.max(1, names.length)];
        if (name === undefined) break;
        const next = at[name];
        if (depth === steps.length - 1 || typeof next !== 'object' || next === null) {
          at[name] = value;
          break;
        }
        at = next as Record<string, unknown>;
      }
      return copy;
    });
  const anything = fc.oneof({ weight: 4, arbitrary: mutated }, { weight: 1, arbitrary: junk });
  await fc.assert(
    fc.asyncProperty(fc.array(anything, { minLength: 1, maxLength: 5 }), async (records) => {
      writeSnapshot(records);
      const started = restart();
      await readAll(started);
      await started.backend.close({ timeout: 1000 });
      expect(started.problems.every(({ code }) => code === 'snapshot_unreadable')).toBe(true);
    }),
    { numRuns: 150 },
  );
});

describe('what is at the path', () => {
  const temporary = () => `${path}.${process.pid}.tmp`;

  test.each(['tmp', 'tmp2'])(
    'is not written through a link that someone planted at the temporary name (%s)',
    async (ending) => {
      const victim = join(folder, 'victim');
      writeFileSync(victim, 'precious');
      symlinkSync(victim, `${path}.${process.pid}.${ending}`);
      const { backend, open, problems } = restart();
      backend.incr(open('counter', 'jobs'), 3);
      if (ending === 'tmp2') backend.flushSync();
      await backend.close({ timeout: 1000 });
      expect(readFileSync(victim, 'utf8')).toBe('precious');
      expect(problems).toEqual([]);
      expect(lstatSync(path).isFile()).toBe(true);
      expect(await restart().backend.sum('jobs')).toBe(3);
      expect(readdirSync(folder).sort()).toEqual(['history', 'victim']);
    },
  );

  test('may be the unfinished file of a process that was killed', async () => {
    writeFileSync(temporary(), 'half of a snapshot');
    const { backend, open, problems } = restart();
    backend.incr(open('counter', 'jobs'), 3);
    await backend.close({ timeout: 1000 });
    expect(problems).toEqual([]);
    expect(await restart().backend.sum('jobs')).toBe(3);
  });

  test.each<[string, (at: string) => void]>([
    ['a pipe', (at) => execFileSync('mkfifo', [at])],
    ['a folder', (at) => mkdirSync(at)],
    ['a link to a pipe', (at) => (execFileSync('mkfifo', [`${at}.pipe`]), symlinkSync(`${at}.pipe`, at))],
    ['a link to an endless device', (at) => symlinkSync('/dev/zero', at)],
    ['a link that leads nowhere', (at) => symlinkSync('/nowhere/at/all', at)],
  ])('is neither read nor replaced if it is %s, and nothing hangs', async (_what, plant) => {
    plant(path);
    const kind = lstatSync(path).mode;
    const { backend, open, problems } = restart();
    expect(problems).toMatchObject([
      { code: 'snapshot_unreadable', cause: { message: expect.stringContaining('pass the path of a file') } },
    ]);
    backend.incr(open('counter', 'jobs'), 3);
    backend.flushSync();
    await backend.close({ timeout: 1000 });
    expect(await backend.sum('jobs')).toBe(3);
    expect(problems.slice(1).every(({ code }) => code === 'snapshot_failed')).toBe(true);
    expect(lstatSync(path).mode).toBe(kind);
  });
});
