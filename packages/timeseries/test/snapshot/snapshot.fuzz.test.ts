import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Problem } from '@metrics/core';
import fc from 'fast-check';
import { fuzzRuns, fuzzTimeout } from 'test-kit/fuzz-runs';
import { hostileString } from 'test-kit/hostile';
import { MemoryStore } from '../../src/index.js';
import { createTestBackend, NOON } from '../create-test-backend.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'metrics-timeseries-'));
  path = join(folder, 'history');
});
afterEach(() => rmSync(folder, { recursive: true }));

function restart() {
  const created = createTestBackend({ store: new MemoryStore({ snapshot: { path } }) });
  const problems: Problem[] = [];
  created.backend.start({ report: (problem) => problems.push(problem), collect: () => {} });
  return { ...created, problems };
}

/** Writes a history with every kind, and hostile names, and returns the file. */
async function validFile(): Promise<Buffer> {
  rmSync(path, { force: true });
  const { backend, open } = restart();
  for (const tag of fc.sample(hostileString, { numRuns: 8, seed: 1 })) {
    backend.incr(open('counter', 'jobs', { tag }), 1.5);
    backend.gauge(open('gauge', `level${tag}`, { tag }), -5e-324);
    for (let value = 1; value < 9; value += 1) backend.timing(open('timing', 'run', { tag }), value * 1e20);
    for (let member = 0; member < 40; member += 1) backend.set(open('set', 'users'), `${tag}${member}`);
  }
  await backend.close({ timeout: 20_000 });
  return readFileSync(path);
}

/** One change of a file: where, as a share of its length, and what is there afterwards. */
const change = fc.record({
  kind: fc.constantFrom('flip', 'insert', 'remove', 'truncate', 'double', 'move'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(40),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 20 }),
});

function changed(
  file: Buffer,
  { kind, at, length, bytes }: typeof change extends fc.Arbitrary<infer C> ? C : never,
): Buffer {
  const start = Math.floor(at * file.length);
  const [before, cut, after] = [
    file.subarray(0, start),
    file.subarray(start, start + length),
    file.subarray(start + length),
  ];
  if (kind === 'flip')
    return Buffer.concat([before, cut.map((byte, index) => byte ^ bytes[index % bytes.length]!), after]);
  if (kind === 'insert') return Buffer.concat([before, bytes, cut, after]);
  if (kind === 'remove') return Buffer.concat([before, after]);
  if (kind === 'double') return Buffer.concat([before, cut, cut, after]);
  return kind === 'move' ? Buffer.concat([after, cut, before]) : before;
}

/** Gives each line the right checksum, so that its content is what has to be checked. */
function withChecksums(file: Buffer): Buffer {
  const lines = file.toString('utf8').split('\n');
  return Buffer.from(
    lines.map((line) => `${crc32(line.slice(9)).toString(16).padStart(8, '0')} ${line.slice(9)}`).join('\n'),
  );
}

/** Starts with the file as it is, reads everything, and stops. Nothing may throw, and each number is finite. */
async function expectHarmless(content: Buffer): Promise<void> {
  writeFileSync(path, content);
  const { backend, problems, open } = restart();
  for (const key of await backend.keys()) {
    for (const start of [NOON - 3600, 0])
      for (const [time, value] of await backend.range(key, { start }))
        expect(Number.isFinite(time) && (value === null || Number.isFinite(value))).toBe(true);
    await backend.latest(key);
    await backend.top(key, 'tag', 5);
  }
  backend.incr(open('counter', 'fresh'), 2);
  expect(await backend.sum('fresh')).toBe(2);
  await backend.close({ timeout: 20_000 });
  expect(new Set(problems.map(({ code }) => code)).size).toBeLessThanOrEqual(1);
  expect(problems.every(({ code }) => code === 'snapshot_unreadable')).toBe(true);
}

test(
  'any bytes, and valid files that were changed, are read as far as they are valid, and harm nothing',
  async () => {
    const valid = await validFile();
    await expectHarmless(valid);
    const content = fc.oneof(
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) },
      {
        weight: 4,
        arbitrary: fc
          .tuple(fc.array(change, { minLength: 1, maxLength: 3 }), fc.boolean())
          .map(([changes, isSigned]) => {
            const file = changes.reduce(changed, valid);
            return isSigned ? withChecksums(file) : file;
          }),
      },
    );
    await fc.assert(fc.asyncProperty(content, expectHarmless), fuzzRuns(60));
  },
  fuzzTimeout(),
);
