import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { Problem } from '@metrics/core';
import { startEtsyStatsd } from 'test-kit/etsy-statsd';
import { runProgram } from 'test-kit/run-program';
import { seriesOf } from 'test-kit/series-of';
import { UdpReceiver } from 'test-kit/udp-receiver';
import { waitUntil } from 'test-kit/wait-until';
import { StatsdMetricsBackend, type StatsdOptions } from '../../src/index.js';
import { isOwnAddress } from '../../src/transport/udp-probe.js';
import { accountedFor } from '../accounted-for.js';

let problems: Problem[];
let port: number;
const backends: StatsdMetricsBackend[] = [];

beforeEach(async () => {
  problems = [];
  await using receiver = await UdpReceiver.start();
  port = receiver.port;
});

afterEach(async () => {
  for (const backend of backends.splice(0)) await backend.close({ timeout: 200 });
});

function create(options: StatsdOptions = {}): StatsdMetricsBackend {
  const backend = new StatsdMetricsBackend({ port, flushInterval: 50, ...options });
  backend.start({ report: (problem) => problems.push(problem), collect: () => {} });
  backend.open(0, seriesOf('counter', 'hits'));
  backend.open(1, seriesOf('timing', 'db'));
  backends.push(backend);
  return backend;
}

/** Records one of each in several windows. */
async function recordRounds(backend: StatsdMetricsBackend, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    backend.incr(0, 1, 1);
    backend.timing(1, 2, 1);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(accountedFor(backend.stats())).toBe(backend.stats().accepted);
  }
}

test('if the agent is not there at the start, samples merge, all arrive when it is, and one problem is reported', async () => {
  const backend = create();
  await recordRounds(backend, 50);
  expect(backend.stats()).toEqual(
    expect.objectContaining({ accepted: 100, sent: 0, pending: 100, dropped: {}, ready: false }),
  );
  await waitUntil(() => problems.length > 0);
  expect(problems.map(({ code }) => code)).toEqual(['transport_down']);
  expect(problems[0]!.message).toContain(`127.0.0.1:${port}`);
  await using receiver = await UdpReceiver.start('127.0.0.1', port);
  await waitUntil(
    () => receiver.sum('hits') === 50 && receiver.sum('db') === 100,
    () => [receiver.lines, backend.stats()],
  );
  await waitUntil(() => backend.stats().pending === 0);
  expect(backend.stats()).toEqual(expect.objectContaining({ sent: 100, dropped: {}, ready: true }));
  // A packet from before the outage was noticed, and the merged others.
  expect(receiver.lines.filter((line) => line.startsWith('hits')).length).toBeLessThan(10);
  expect(receiver.packets.every((packet) => packet.length > 0)).toBe(true);
});

test('an agent that restarts gets the samples recorded meanwhile, and each outage is reported', async () => {
  const backend = create();
  for (let outage = 1; outage <= 2; outage += 1) {
    const before = backend.stats();
    {
      await using receiver = await UdpReceiver.start('127.0.0.1', port);
      backend.incr(0, 1, 1);
      await waitUntil(() => receiver.sum('hits') > 0);
      await waitUntil(() => backend.stats().pending === 0);
    }
    await recordRounds(backend, 20);
    await waitUntil(() => problems.length === outage);
    expect(backend.stats()).toEqual(expect.objectContaining({ sent: before.sent + 1, pending: 40, dropped: {} }));
    await using receiver = await UdpReceiver.start('127.0.0.1', port);
    await waitUntil(
      () => receiver.sum('hits') === 20 && receiver.sum('db') === 40,
      () => [receiver.lines, backend.stats()],
    );
    await waitUntil(() => backend.stats().pending === 0);
  }
  expect(problems.map(({ code }) => code)).toEqual(['transport_down', 'transport_down']);
});

test('a flush of many packets to a closed port loses nothing, and most samples stay in the buffer', async () => {
  const backend = create();
  for (let id = 10; id < 5010; id += 1) {
    backend.open(id, seriesOf('counter', `a.series.among.many.${id}`));
    backend.incr(id, 1, 1);
  }
  for (let attempt = 0; attempt < 2; attempt += 1) await backend.flush();
  expect(backend.stats()).toEqual(
    expect.objectContaining({ accepted: 5000, sent: 0, pending: 5000, dropped: {}, packets: 0 }),
  );
  await using receiver = await UdpReceiver.start('127.0.0.1', port);
  await receiver.waitForLines(5000);
  await waitUntil(() => backend.stats().pending === 0);
  expect(new Set(receiver.lines).size).toBe(5000);
  expect(receiver.lines.length).toBe(5000);
});

test('an agent that ends between two windows loses no samples, however often', async () => {
  const backend = create({ flushInterval: 10_000 });
  for (let life = 0; life < 5; life += 1) {
    const receiver = await UdpReceiver.start('127.0.0.1', port);
    backend.incr(0, 1, 1);
    await backend.flush();
    await waitUntil(() => backend.stats().pending === 0);
    await waitUntil(
      () => receiver.sum('hits') === (life === 0 ? 1 : 2),
      () => receiver.lines,
    );
    await receiver[Symbol.asyncDispose]();
    // Longer than the result of a probe is valid.
    await new Promise((resolve) => setTimeout(resolve, 25));
    backend.incr(0, 1, 1);
    await backend.flush();
    expect(backend.stats().pending).toBe(1);
  }
  await using receiver = await UdpReceiver.start('127.0.0.1', port);
  await waitUntil(() => backend.stats().pending === 0);
  await waitUntil(() => receiver.sum('hits') === 1);
});

test('close meets its deadline without a server, and counts the lost samples', async () => {
  const backend = create({ flushInterval: 10_000 });
  backend.incr(0, 3, 1);
  const started = performance.now();
  await backend.close({ timeout: 150 });
  expect(performance.now() - started).toBeLessThan(5000);
  expect(backend.stats()).toMatchObject({ accepted: 1, sent: 0, pending: 0, dropped: { timeout: 1 } });
  expect(backend.stats()).toMatchObject({ packetsAbandoned: 1, bytesAbandoned: 'hits:3|c\n'.length });
});

test('an address of a network interface belongs to this machine and is probed', async () => {
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
  // Skipped on a machine without a network.
  if (own === undefined) return;
  expect(isOwnAddress(own)).toBe(true);
  const backend = create({ host: own });
  backend.incr(0, 1, 1);
  await backend.flush();
  expect(backend.stats()).toMatchObject({ sent: 0, pending: 1, ready: false });
  await using receiver = await UdpReceiver.start(own, port);
  expect(await receiver.waitForLines(1)).toEqual(['hits:1|c']);
});

test('the address of another machine is not probed', () => {
  expect(['192.0.2.1', '2001:db8::1', '255.255.255.255'].map(isOwnAddress)).toEqual([false, false, false]);
  expect(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'].map(isOwnAddress)).toEqual([true, true, true, true]);
});

test.each([
  ['its natural end', ''],
  ['process.exit()', 'process.exit(0);'],
  ['a flush', 'await backend.flush(); console.log(backend.stats().pending);'],
])('without a server the process ends by itself: %s', async (_name, end) => {
  const source = `
    import { StatsdMetricsBackend } from '@metrics/statsd';
    const backend = new StatsdMetricsBackend({ port: ${port}, flushInterval: 10 });
    process.on('exit', () => backend.flushSync());
    backend.open(0, { kind: 'counter', key: 'a', name: 'a', tags: [], internal: false });
    backend.incr(0, 1, 1);
    ${end}
  `;
  const { code, output } = await runProgram(source, { cwd: join(__dirname, '..', '..') });
  expect({ code, output }).toEqual({ code: 0, output: end.includes('console') ? '1\n' : '' });
});

test('the StatsD daemon by Etsy, started late and killed, counts exactly and receives metrics only', async () => {
  const backend = create();
  await recordRounds(backend, 20);
  let server = await startEtsyStatsd({ port });
  await waitUntil(async () => (await server.counters())['hits'] === 20, server.counters);
  await waitUntil(() => backend.stats().pending === 0);
  expect((await server.timers())['db']?.count).toBe(20);
  expect((await server.counters())['statsd.bad_lines_seen']).toBe(0);
  expect((await server.counters())['statsd.packets_received']).toBe(backend.stats().packets);
  await server.stop();
  await recordRounds(backend, 20);
  expect(backend.stats().pending).toBe(40);
  server = await startEtsyStatsd({ port });
  await waitUntil(async () => (await server.counters())['hits'] === 20, server.counters);
  await server.stop();
});

test('a connected socket gets an error for a closed port, as the probe requires', async () => {
  const socket = createSocket('udp4');
  socket.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.send('x');
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ECONNREFUSED');
  socket.close();
});
