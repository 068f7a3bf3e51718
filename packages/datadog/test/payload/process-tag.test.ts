import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecordingIntake } from '@metrics/testing/servers';
import { runProgram } from 'test-kit/run-program';

const cwd = join(__dirname, '..', '..');
let intake: RecordingIntake;
let directory: string;
/** The path of a program that sends one counter and ends; each sibling runs it. */
let sibling: string;

beforeEach(async () => {
  intake = await RecordingIntake.start();
  directory = await mkdtemp(join(tmpdir(), 'process-tag-'));
  sibling = join(directory, 'sibling.cjs');
  const { url: baseUrl, ca } = intake;
  await writeFile(
    sibling,
    `
      const { DatadogMetricsBackend } = require(${JSON.stringify(join(__dirname, '..', '..', 'dist', 'index.cjs'))});
      const options = ${JSON.stringify({ apiKey: 'key-of-the-test', host: 'web-1', baseUrl, ca })};
      const backend = new DatadogMetricsBackend(options);
      backend.open(0, { kind: 'counter', key: 'a', name: 'orders', tags: [], internal: false });
      backend.incr(0, 1, 1);
      backend.close({ timeout: 5000 }).then(() => process.disconnect?.());
    `,
  );
});

afterEach(async () => {
  await intake.stop();
  await rm(directory, { recursive: true });
});

function tags(): string[] {
  return intake.series.map((series) => series.tags.join()).sort((one, other) => (one < other ? -1 : 1));
}

test('workers of a cluster do not overwrite each other, and their primary has no tag', async () => {
  const source = `
    import cluster from 'node:cluster';
    cluster.setupPrimary({ exec: ${JSON.stringify(sibling)}, execArgv: [] });
    for (let worker = 0; worker < 2; worker += 1) cluster.fork();
    await import(${JSON.stringify(sibling)});
  `;
  expect(await runProgram(source, { cwd })).toEqual({ code: 0, output: '' });
  expect(tags()).toEqual(['', 'process:1', 'process:2']);
  expect(intake.sum('orders')).toBe(3);
  expect(intake.overwrites).toEqual([]);
});

test('worker threads do not overwrite each other, and the main thread has no tag', async () => {
  const source = `
    import { Worker } from 'node:worker_threads';
    for (let worker = 0; worker < 2; worker += 1) new Worker(${JSON.stringify(sibling)});
    await import(${JSON.stringify(sibling)});
  `;
  expect(await runProgram(source, { cwd })).toEqual({ code: 0, output: '' });
  expect(tags()).toEqual(['', 'process:1', 'process:2']);
  expect(intake.sum('orders')).toBe(3);
  expect(intake.overwrites).toEqual([]);
});

test('an instance of pm2 has its number', async () => {
  const source = `
    process.env.NODE_APP_INSTANCE = '7';
    await import(${JSON.stringify(sibling)});
  `;
  expect(await runProgram(source, { cwd })).toEqual({ code: 0, output: '' });
  expect(tags()).toEqual(['process:7']);
});
