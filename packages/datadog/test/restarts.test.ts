import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMetrics } from '@metrics/core';
import { RecordingIntake } from '@metrics/testing/servers';
import { runProgram } from 'test-kit/run-program';
import { DatadogMetricsBackend, type DatadogOptions } from '../src/index.js';
import { KEY } from './started.js';

const cwd = join(__dirname, '..');
let intake: RecordingIntake;

beforeEach(async () => {
  intake = await RecordingIntake.start({ apiKey: KEY });
});

afterEach(() => intake.stop());

function options(): DatadogOptions {
  return { apiKey: KEY, baseUrl: intake.url, ca: intake.ca, host: 'web-1' };
}

const VARIANTS: [string, DatadogOptions][] = [
  ['version 2', { timings: 'histogram' }],
  ['version 1', { timings: 'histogram', seriesVersion: 1 }],
];

/** Checks that no point of the series replaced another one. */
function expectAll(orders: number, timings: number): void {
  expect(intake.overwrites).toEqual([]);
  expect(intake.violations).toEqual([]);
  expect(intake.sum('orders')).toBe(orders);
  expect(intake.points('query.count').reduce((sum, { value }) => sum + value, 0)).toBe(timings);
}

describe.each(VARIANTS)('over %s of the API', (_version, variant) => {
  test('a backend after a closed one overwrites none of its points', async () => {
    for (const orders of [100, 7, 5]) {
      const metrics = createMetrics();
      metrics.register(new DatadogMetricsBackend({ ...options(), ...variant }));
      metrics.incr('orders', orders);
      metrics.timing('query', 3);
      metrics.set('users', `user-${orders}`);
      await metrics.close();
    }
    expectAll(112, 3);
    expect(intake.points('users').map(({ value }) => value)).toEqual([1, 1, 1]);
  });

  test('a backend that replaces a live one overwrites none of its points', async () => {
    const metrics = createMetrics();
    for (const orders of [100, 7, 5, 3]) {
      metrics.register(new DatadogMetricsBackend({ ...options(), ...variant }), { replace: true });
      metrics.incr('orders', orders);
      metrics.timing('query', 3);
      if (orders === 7) await metrics.flush();
    }
    await metrics.close();
    await intake.waitFor(() => intake.sum('orders') >= 115);
    expectAll(115, 4);
  });

  test('two backends of a process that are alive at the same time overwrite none of each other', async () => {
    const both = [1, 2].map((orders) => {
      const metrics = createMetrics();
      metrics.register(new DatadogMetricsBackend({ ...options(), ...variant }));
      metrics.incr('orders', orders);
      return metrics;
    });
    await Promise.all(both.map((metrics) => metrics.flush()));
    await Promise.all(both.map((metrics) => metrics.close()));
    expectAll(3, 0);
  });
});

test.each([
  ['closes', 'await metrics.close();'],
  ['closes and exits', 'await metrics.close(); process.exit(0);'],
  ['flushes and exits', 'await metrics.flush(); process.exit(0);'],
  ['flushes several times', 'for (let n = 0; n < 4; n += 1) { await metrics.flush(); metrics.incr("orders", 0); }'],
  ['ends naturally', ''],
  ['flushes and is killed', 'await metrics.flush(); process.kill(process.pid, "SIGKILL");'],
])('a process overwrites no points of the one before, which %s', async (_how, end) => {
  const source = `
    import { createMetrics } from '@metrics/core';
    import { DatadogMetricsBackend } from '@metrics/datadog';
    const metrics = createMetrics();
    metrics.register(new DatadogMetricsBackend(${JSON.stringify({ ...options(), timings: 'histogram' })}));
    metrics.incr('orders', Number(process.env.ORDERS));
    metrics.timing('query', 3);
    ${end}
  `;
  // Each starts when the last one has ended, so several share a bucket, and some a second.
  for (const ORDERS of ['100', '10', '1']) await runProgram(source, { cwd, env: { ORDERS } });
  expectAll(111, 3);
});

test('a process that is killed as soon as its points are accepted loses none of them to the next one', async () => {
  const source = `
    import { createMetrics } from '@metrics/core';
    import { DatadogMetricsBackend } from '@metrics/datadog';
    const metrics = createMetrics();
    metrics.register(new DatadogMetricsBackend(${JSON.stringify(options())}));
    metrics.incr('orders', Number(process.env.ORDERS));
    setInterval(() => {}, 1000);
    await metrics.flush();
  `;
  let accepted = 0;
  for (let run = 0; run < 4; run += 1) {
    accepted += 10 ** run;
    const before = intake.requests.length;
    let pid = 0;
    const ended = runProgram(source, {
      cwd,
      env: { ORDERS: String(10 ** run) },
      nodeOptions: ['--import', 'data:text/javascript,console.log("start")'],
      onOutput: (_output, id) => {
        pid = id;
      },
    });
    await intake.waitFor(() => intake.requests.length > before, { timeout: 20_000 });
    process.kill(pid, 'SIGKILL');
    await ended;
  }
  expect(intake.overwrites).toEqual([]);
  expect(intake.sum('orders')).toBe(accepted);
});

describe('the tag process', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'restarts-'));
  });

  afterEach(() => rm(directory, { recursive: true }));

  /** Writes a program that sends one counter, and then runs `end`. Returns its path. */
  async function program(end: string): Promise<string> {
    const path = join(directory, 'program.cjs');
    await writeFile(
      path,
      `
        const { DatadogMetricsBackend } = require(${JSON.stringify(join(cwd, 'dist', 'index.cjs'))});
        const { Worker, isMainThread } = require('node:worker_threads');
        const backend = new DatadogMetricsBackend(${JSON.stringify(options())});
        backend.open(0, { kind: 'counter', key: 'a', name: 'orders', tags: [], internal: false });
        backend.incr(0, 1, 1);
        ${end}
      `,
    );
    return path;
  }

  function processTags(): string[] {
    return intake.series
      .flatMap(({ tags }) => tags.filter((tag) => tag.startsWith('process:')))
      .sort((one, other) => (one < other ? -1 : 1));
  }

  test.each([
    ['end', 'backend.close({ timeout: 8000 }).then(() => process.exit(0));'],
    ['are killed', "backend.flush().then(() => process.kill(process.pid, 'SIGKILL'));"],
  ])('of cluster workers that %s is used by those that replace them', async (_how, end) => {
    const path = await program(end);
    const source = `
      import cluster from 'node:cluster';
      cluster.setupPrimary({ exec: ${JSON.stringify(path)}, execArgv: [] });
      let forks = 0;
      const fork = () => { if (forks++ < 9) cluster.fork(); };
      cluster.on('exit', fork);
      for (let worker = 0; worker < 3; worker += 1) fork();
    `;
    expect(await runProgram(source, { cwd, timeout: 50_000 })).toMatchObject({ code: 0, output: '' });
    expect(processTags()).toEqual(['process:1', 'process:2', 'process:3']);
    expect(intake.overwrites).toEqual([]);
    expect(intake.sum('orders')).toBe(9);
  });

  test('of threads of two cluster workers, and of the workers, is unique, and is used again by later threads', async () => {
    const path = await program(`
      const close = () => backend.close({ timeout: 8000 });
      if (!isMainThread) close();
      else {
        let threads = 0;
        const start = () => new Promise((resolve) => new Worker(__filename).on('exit', resolve));
        Promise.all([start(), start()]).then(start).then(close).then(() => process.disconnect());
      }
    `);
    const source = `
      import cluster from 'node:cluster';
      cluster.setupPrimary({ exec: ${JSON.stringify(path)}, execArgv: [] });
      for (let worker = 0; worker < 2; worker += 1) cluster.fork();
    `;
    expect(await runProgram(source, { cwd, timeout: 50_000 })).toMatchObject({ code: 0, output: '' });
    expect(processTags()).toEqual([1, 2, 3, 4, 5, 6].map((number) => `process:${number}`));
    expect(intake.overwrites).toEqual([]);
    expect(intake.sum('orders')).toBe(8);
  });

  test('of an instance of pm2 has its number, and another one while a predecessor still lives', async () => {
    process.env['NODE_APP_INSTANCE'] = '7';
    try {
      const path = await program(`
        const child = process.env.CHILD === undefined
          ? require('node:child_process').spawn(process.execPath, [__filename], { env: { ...process.env, CHILD: '1' } })
          : undefined;
        const close = () => backend.close({ timeout: 8000 });
        if (child === undefined) close(); else child.on('exit', close);
      `);
      const source = `await import(${JSON.stringify(path)});`;
      expect(await runProgram(source, { cwd })).toMatchObject({ code: 0, output: '' });
      expect(await runProgram(source, { cwd })).toMatchObject({ code: 0, output: '' });
    } finally {
      delete process.env['NODE_APP_INSTANCE'];
    }
    expect(processTags()).toEqual(['process:1', 'process:7']);
    expect(intake.overwrites).toEqual([]);
    expect(intake.sum('orders')).toBe(4);
  });
});
