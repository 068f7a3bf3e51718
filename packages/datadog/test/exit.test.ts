import { join } from 'node:path';
import { RecordingIntake } from '@metrics/testing/servers';
import { type ProgramResult, runProgram } from 'test-kit/run-program';
import { KEY } from './started.js';

let intake: RecordingIntake;

beforeEach(async () => {
  intake = await RecordingIntake.start({ apiKey: KEY });
});

afterEach(() => intake.stop());

/** Runs a program with a registered backend and a counter that has one sample when `end` runs, against the built package. */
async function run(end: string): Promise<ProgramResult & { readonly milliseconds: number }> {
  const source = `
    import { metrics } from '@metrics/core';
    import { DatadogMetricsBackend } from '@metrics/datadog';
    const { URL, CA, KEY } = process.env;
    const backend = new DatadogMetricsBackend({ apiKey: KEY, baseUrl: URL, ca: CA, requestTimeout: 20_000 });
    metrics.register(backend, { onError: ({ code, count }) => console.log(code, count) });
    metrics.incr('hits');
    ${end}
  `;
  const start = performance.now();
  const env = { URL: intake.url, CA: intake.ca, KEY };
  const ended = await runProgram(source, { cwd: join(__dirname, '..'), env, timeout: 15_000 });
  return { ...ended, milliseconds: performance.now() - start };
}

test.each([
  ['its natural end', ''],
  ['an awaited close', 'await metrics.close();'],
  ['an awaited close before process.exit()', 'await metrics.close(); process.exit(0);'],
  ['an awaited flush', 'await metrics.flush(); process.exit(0);'],
])('%s delivers', async (_name, end) => {
  expect(await run(end)).toMatchObject({ code: 0, output: '' });
  expect(intake.sum('hits')).toBe(1);
});

test('process.exit() drops the samples that were not flushed, and reports their number', async () => {
  expect(await run('process.exit(0);')).toMatchObject({ code: 0, output: 'lost_at_exit 1\n' });
  expect(intake.requests).toEqual([]);
});

test('an intake that never responds delays a finished process by a second, not by five', async () => {
  intake.script([], { afterwards: 'hang' });
  const { code, output } = await run(`
    // Long after the first second of the process, in which it may wait for a date.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    let finished;
    process.once('beforeExit', () => {
      finished = performance.now();
    });
    process.once('exit', () => console.log('late', performance.now() - finished > 3000));
  `);
  expect({ code, output }).toEqual({ code: 0, output: 'lost_at_exit 1\nlate false\n' });
});

test('the same with buckets of one second, whose dates are never far ahead of the clock', async () => {
  intake.script(['ok'], { afterwards: 'hang' });
  const { code, output } = await run(`
    await metrics.close();
    const { createMetrics } = await import('@metrics/core');
    const { DatadogMetricsBackend: Backend } = await import('@metrics/datadog');
    const other = new Backend({ apiKey: KEY, baseUrl: URL, ca: CA, flushInterval: 1000 });
    const own = createMetrics({ backend: other, onError() {} });
    for (let i = 0; i < 250; i += 1) {
      own.incr('a');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    let finished;
    process.once('beforeExit', () => {
      finished = performance.now();
    });
    process.once('exit', () => console.log('late', performance.now() - finished > 2500));
  `);
  expect(code).toBe(0);
  expect(output).toContain('late false');
});

test('a flush that the application awaits still has its time', async () => {
  intake.script([], { afterwards: 'hang' });
  const { output } = await run(`
    const begun = performance.now();
    await metrics.flush();
    console.log('early', performance.now() - begun < 4000);
  `);
  expect(output).toContain('early false');
});

test('an intake that never responds delays the end of a process by a second at most', async () => {
  intake.script([], { afterwards: 'hang' });
  const { code, output, milliseconds } = await run('');
  expect({ code, output }).toEqual({ code: 0, output: 'lost_at_exit 1\n' });
  expect(milliseconds).toBeLessThan(9000);
  expect(intake.requests).toHaveLength(1);
});

test('neither a retry that waits nor a queue keeps the process alive', async () => {
  intake.script([], { afterwards: { status: 503, retryAfter: 3600 } });
  const { code, output, milliseconds } = await run('await metrics.flush();');
  expect(code).toBe(0);
  expect(output).toBe('intake_unreachable 1\nlost_at_exit 1\n');
  expect(milliseconds).toBeLessThan(9000);
});

test('a request that no caller waits for does not keep the process alive', async () => {
  intake.script([], { afterwards: 'hang' });
  const { code, milliseconds } = await run(`
    const { DatadogMetricsBackend: Backend } = await import('@metrics/datadog');
    const alone = new Backend({ apiKey: KEY, baseUrl: URL, ca: CA, flushInterval: 1000 });
    alone.start({ report() {}, collect() {} });
    alone.open(0, { kind: 'counter', key: 'a', name: 'a', tags: [], internal: false });
    alone.incr(0, 1, 1);
    await metrics.close({ timeout: 0 });
    // The timer of the bucket sends meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 3000));
  `);
  expect(code).toBe(0);
  expect(milliseconds).toBeLessThan(9000);
  expect(intake.requests.length).toBeGreaterThan(0);
});
