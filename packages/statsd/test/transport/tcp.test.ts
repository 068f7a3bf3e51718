import { join } from 'node:path';
import type { Problem } from '@metrics/core';
import { freePort } from 'test-kit/free-port';
import { runProgram } from 'test-kit/run-program';
import { seriesOf } from 'test-kit/series-of';
import { TcpReceiver } from 'test-kit/tcp-receiver';
import { waitUntil } from 'test-kit/wait-until';
import { StatsdMetricsBackend, type StatsdOptions } from '../../src/index.js';
import { accountedFor } from '../accounted-for.js';

const cwd = join(__dirname, '..', '..');
let problems: Problem[];
const backends: StatsdMetricsBackend[] = [];
const receivers: TcpReceiver[] = [];

beforeEach(() => {
  problems = [];
});

afterEach(async () => {
  for (const backend of backends.splice(0)) await backend.close({ timeout: 200 });
  for (const receiver of receivers.splice(0)) await receiver[Symbol.asyncDispose]();
});

async function listen(...options: Parameters<typeof TcpReceiver.start>): Promise<TcpReceiver> {
  const receiver = await TcpReceiver.start(...options);
  receivers.push(receiver);
  return receiver;
}

function create(options: StatsdOptions): StatsdMetricsBackend {
  const backend = new StatsdMetricsBackend({
    protocol: 'tcp',
    flushInterval: 20,
    ...options,
  });
  backend.start({ report: (problem) => problems.push(problem), collect: () => {} });
  backend.open(0, seriesOf('counter', 'hits'));
  backend.open(1, seriesOf('timing', 'db'));
  backends.push(backend);
  return backend;
}

test('lines arrive, each with its newline, and stats describe the transport', async () => {
  const receiver = await listen();
  const backend = create({ port: receiver.port });
  expect(backend.stats()).toMatchObject({ transport: 'tcp', ready: false, address: `127.0.0.1:${receiver.port}` });
  backend.incr(0, 5, 1);
  backend.timing(1, 12.5, 1);
  await backend.flush();
  expect(await receiver.waitForLines(2)).toEqual(['hits:5|c', 'db:12.5|ms']);
  expect(backend.stats()).toMatchObject({
    ready: true,
    sent: 2,
    pending: 0,
    packets: 1,
    bytes: receiver.bytes.length,
    packetsDropped: 0,
    lastError: undefined,
  });
  expect(problems).toEqual([]);
});

test('a large flush arrives completely', async () => {
  const receiver = await listen();
  const backend = create({ host: 'localhost', port: receiver.port, flushInterval: 10_000 });
  for (let id = 10; id < 20_010; id += 1) {
    backend.open(id, seriesOf('counter', `a.series.among.many.${id}`));
    backend.incr(id, 1, 1);
  }
  await backend.flush();
  expect(new Set(await receiver.waitForLines(20_000)).size).toBe(20_000);
  expect(backend.stats()).toEqual(expect.objectContaining({ sent: 20_000, pending: 0, dropped: {} }));
});

test('if the server is not there at the start, samples merge, arrive when it is, and one problem is reported', async () => {
  const port = await freePort();
  const backend = create({ port });
  for (let round = 0; round < 5; round += 1) {
    backend.incr(0, 1, 1);
    await backend.flush();
    expect(accountedFor(backend.stats())).toBe(backend.stats().accepted);
  }
  expect(backend.stats()).toEqual(
    expect.objectContaining({ accepted: 5, sent: 0, pending: 5, dropped: {}, ready: false }),
  );
  expect(problems.map(({ code }) => code)).toEqual(['transport_down']);
  expect(problems[0]!.message).toContain(`127.0.0.1:${port}`);
  const receiver = await listen({ port });
  await backend.flush();
  expect(await receiver.waitForLines(1)).toEqual(['hits:5|c']);
  await waitUntil(() => backend.stats().pending === 0);
});

test.each([
  ['FIN', 'end'],
  ['RST', 'resetAndDestroy'],
] as const)('after a %s a new connection is used, and nothing is lost or doubled', async (_name, method) => {
  const receiver = await listen();
  const backend = create({ port: receiver.port });
  await waitUntil(() => backend.stats().ready);
  for (let round = 1; round <= 3; round += 1) {
    await receiver.waitForConnections(round);
    await waitUntil(() => backend.stats().ready);
    backend.incr(0, 10, 1);
    await backend.flush();
    await waitUntil(() => receiver.sum('hits') === 11 * (round - 1) + 10);
    for (const socket of receiver.sockets) socket[method]();
    // The connection may be open again before it is polled.
    await waitUntil(() => !backend.stats().ready || receiver.connections > round);
    backend.incr(0, 1, 1);
    await waitUntil(
      () => receiver.sum('hits') === 11 * round,
      () => receiver.lines,
    );
  }
  expect(backend.stats()).toEqual(expect.objectContaining({ accepted: 6, dropped: {} }));
});

test('after a slow restart the sum is exact', async () => {
  const first = await listen();
  const { port } = first;
  const backend = create({ port });
  backend.incr(0, 1, 1);
  await waitUntil(() => first.sum('hits') === 1);
  await receivers.pop()![Symbol.asyncDispose]();
  await waitUntil(() => !backend.stats().ready);
  for (let round = 0; round < 40; round += 1) {
    backend.incr(0, 1, 1);
    backend.timing(1, round, 1);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(backend.stats()).toEqual(expect.objectContaining({ accepted: 81, sent: 1, pending: 80, dropped: {} }));
  const second = await listen({ port });
  await waitUntil(
    () => second.sum('hits') === 40 && second.sum('db') === 780,
    () => [second.lines, backend.stats()],
  );
  await waitUntil(() => backend.stats().pending === 0);
});

test('with a server that reads nothing, memory is bounded, the stats are right, and close meets its deadline', async () => {
  const receiver = await listen({ reads: false });
  const backend = create({ port: receiver.port });
  // A line of 8000 bytes for each value of eight.
  backend.open(2, seriesOf('timing', 'x'.repeat(7990)));
  await waitUntil(() => backend.stats().ready);
  const before = process.memoryUsage().arrayBuffers;
  for (let sample = 0; sample < 4000; sample += 1) {
    backend.timing(2, 1, 1);
    if (sample % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const { accepted, pending, bytes } = backend.stats();
  expect(accountedFor(backend.stats())).toBe(4000);
  expect(accepted).toBe(4000);
  expect(pending).toBeGreaterThan(500);
  // The data that the kernel accepted, and a packet or two.
  expect(bytes).toBeLessThan(16_000_000);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2_000_000);
  const started = performance.now();
  await backend.close({ timeout: 150 });
  expect(performance.now() - started).toBeLessThan(5000);
  const stats = backend.stats();
  expect(stats.pending).toBe(0);
  expect(accountedFor(stats)).toBe(4000);
  expect(stats.dropped['timeout']).toBe(4000 - stats.sent);
});

test('a name that does not resolve is reported, and close meets its deadline', async () => {
  const backend = create({ host: 'statsd.invalid' });
  backend.incr(0, 1, 1);
  await backend.flush();
  await waitUntil(() => problems.length > 0);
  expect(problems.map(({ code }) => code)).toEqual(['resolve_failed']);
  expect(problems[0]!.message).toContain('statsd.invalid');
  const started = performance.now();
  await backend.close({ timeout: 100 });
  expect(performance.now() - started).toBeLessThan(5000);
  expect(backend.stats()).toMatchObject({ accepted: 1, pending: 0, dropped: { timeout: 1 } });
});

test('letters beyond ASCII cannot become newlines', async () => {
  const receiver = await listen();
  const backend = create({ port: receiver.port, tagFormat: 'datadog' });
  // The low bytes of these two are a newline and a pipe.
  backend.open(2, seriesOf('counter', 'a', { tags: { city: 'x\u010ab:1\u017cc' } }));
  backend.incr(2, 1, 1);
  await backend.flush();
  expect(await receiver.waitForLines(1)).toEqual(['a:1|c|#city:x_b:1_c']);
});

describe('the process', () => {
  function program(port: number, end: string): string {
    return `
      import { StatsdMetricsBackend } from '@metrics/statsd';
      const backend = new StatsdMetricsBackend({ protocol: 'tcp', port: ${port} });
      process.on('exit', () => backend.flushSync());
      backend.open(0, { kind: 'counter', key: 'a', name: 'hits', tags: [], internal: false });
      backend.incr(0, 1, 1);
      ${end}
    `;
  }

  test.each([
    ['after close', 'await backend.close({ timeout: 2000 }); console.log(backend.stats().sent);', '1\n'],
    ['after a flush, without close', 'await backend.flush(); console.log(backend.stats().sent);', '1\n'],
    // The process waits for the connection, and the exit event sends.
    ['without either', '', ''],
  ])('ends by itself %s', async (_name, end, output) => {
    const receiver = await listen();
    expect(await runProgram(program(receiver.port, end), { cwd })).toEqual({ code: 0, output });
    expect(await receiver.waitForLines(1)).toEqual(['hits:1|c']);
  });

  test('ends by itself without a server', async () => {
    const port = await freePort();
    expect(await runProgram(program(port, 'await backend.close({ timeout: 100 });'), { cwd })).toEqual({
      code: 0,
      output: '',
    });
    expect(await runProgram(program(port, ''), { cwd })).toEqual({ code: 0, output: '' });
  });

  test('delivers at process.exit() as much as an open connection accepts', async () => {
    const receiver = await listen();
    const end = `
      await backend.flush();
      for (let id = 1; id <= 2000; id += 1) {
        backend.open(id, { kind: 'counter', key: 'x', name: 'a.series.among.many.' + id, tags: [], internal: false });
        backend.incr(id, 1, 1);
      }
      process.exit(0);
    `;
    expect((await runProgram(program(receiver.port, end), { cwd })).code).toBe(0);
    expect(new Set(await receiver.waitForLines(2001)).size).toBe(2001);
  });
});
