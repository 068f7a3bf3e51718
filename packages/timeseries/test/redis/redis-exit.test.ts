import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describeWithRedis, RedisServer } from 'test-kit/redis-server';
import { runProgram } from 'test-kit/run-program';

const cwd = join(__dirname, '..', '..');

/** Counts seven jobs under a URL, then runs `end`. Prints the stats and the problems at exit. */
const program = (url: string, end: string, flushInterval: number) => `
  import { createMetrics } from '@metrics/core';
  import { TimeSeriesBackend } from '@metrics/timeseries';
  import { RedisStore } from '@metrics/timeseries/redis';
  const newBackend = (flushInterval = 10_000) =>
    new TimeSeriesBackend({ include: ['*'], store: new RedisStore({ url: '${url}' }), flushInterval });
  const backend = newBackend(${flushInterval});
  const metrics = createMetrics({});
  const problems = [];
  metrics.register(backend, { onError: ({ code, count, message }) => problems.push([code, count, message]) });
  process.on('exit', () => console.log(JSON.stringify({ stats: backend.stats(), problems })));
  for (let job = 0; job < 7; job += 1) metrics.incr('jobs');
  ${end}
`;

interface Outcome {
  /** Milliseconds from the end of the program to the exit of the process. */
  readonly waited?: number;
  readonly stats: { readonly accepted: number; readonly pending: number; readonly dropped: Record<string, number> };
  readonly problems: readonly (readonly [code: string, count: number, message: string])[];
}

async function run(
  url: string,
  end: string,
  flushInterval = 10_000,
): Promise<Outcome & { readonly code: number | null }> {
  const { code, output } = await runProgram(program(url, end, flushInterval), { cwd, timeout: 25_000 });
  const lines = output.split('\n').filter((each) => each.startsWith('{'));
  if (lines.length === 0) throw new Error(output);
  return Object.assign({ code }, ...lines.map((line) => JSON.parse(line) as object)) as Outcome & {
    code: number | null;
  };
}

describeWithRedis('A process that ends with samples for Redis', () => {
  let server: RedisServer;
  let hanging: ReturnType<typeof createServer>;
  let hangingUrl: string;
  beforeAll(async () => {
    server = await RedisServer.start();
    // Accepts connections and never replies.
    hanging = createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1');
    await once(hanging, 'listening');
    hangingUrl = `redis://127.0.0.1:${(hanging.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    hanging.close();
    await server.remove();
  });

  test.each([
    ['nothing listens', () => 'redis://127.0.0.1:1'],
    ['the server hangs', () => hangingUrl],
    ['the server is there', () => server.url],
  ])('by process.exit() drops and reports them, once, when %s', async (_what, url) => {
    const { code, stats, problems } = await run(url(), 'process.exit(3);');
    expect(code).toBe(3);
    expect(stats).toMatchObject({ accepted: 7, pending: 0, dropped: { exit: 7 } });
    expect(problems.filter(([name]) => name.startsWith('lost'))).toEqual([
      ['lost_at_exit', 7, expect.stringContaining('await close()')],
    ]);
  });

  test.each([
    ['nothing listens', () => 'redis://127.0.0.1:1'],
    ['the server hangs', () => hangingUrl],
  ])('by close() drops and reports them, once, when %s', async (_what, url) => {
    const { code, stats, problems } = await run(url(), 'await metrics.close({ timeout: 300 });');
    expect(code).toBe(0);
    expect(stats).toMatchObject({ accepted: 7, pending: 0, dropped: { timeout: 7 } });
    expect(problems.filter(([name]) => name.startsWith('lost'))).toEqual([
      ['lost_at_close', 7, expect.stringContaining('raise its timeout')],
    ]);
  });

  test('because it is replaced drops and reports them, once', async () => {
    const end =
      'metrics.register(newBackend(), { replace: true, onError() {} }); await metrics.close({ timeout: 300 });';
    const { stats, problems } = await run('redis://127.0.0.1:1', end);
    expect(stats).toMatchObject({ accepted: 7, pending: 0, dropped: { timeout: 7 } });
    expect(problems.filter(([name]) => name.startsWith('lost'))).toEqual([['lost_at_close', 7, expect.any(String)]]);
  });

  test.each([
    ['naturally', '', 10_000],
    ['during a flush of the timer', 'await new Promise((resolve) => setTimeout(resolve, 200));', 20],
  ])('ends within little more than a second %s, although the server hangs', async (_how, end, flushInterval) => {
    // The process prints how long it lived after it had nothing more to do: its start takes long on a busy machine.
    const { code, stats, problems, waited } = await run(
      hangingUrl,
      `${end} const finished = performance.now();
      process.prependListener('exit', () => console.log('{"waited":' + (performance.now() - finished) + '}'));`,
      flushInterval,
    );
    expect(code).toBe(0);
    expect(waited).toBeLessThan(10_000);
    expect(stats).toMatchObject({ accepted: 7, pending: 0, dropped: { exit: 7 } });
    expect(problems.map(([name]) => name)).toContain('lost_at_exit');
  });

  test('waits for what it awaits', async () => {
    const { code, stats } = await run(server.url, "await metrics.flush(); console.log(await backend.sum('jobs'));");
    expect(code).toBe(0);
    expect(stats).toEqual(expect.objectContaining({ accepted: 7, pending: 0, dropped: {} }));
    const hung = await run(hangingUrl, 'await metrics.flush(); process.exit(backend.stats().pending);');
    expect(hung.code).toBe(7);
  });
});
