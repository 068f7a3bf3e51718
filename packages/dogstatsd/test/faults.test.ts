import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Problem } from '@metrics/core';
import { RecordingServer, type ServerTransport } from '@metrics/testing/servers';
import { describeWithUnixDatagrams } from 'test-kit/describe-with';
import { seriesOf } from 'test-kit/series-of';
import { waitUntil } from 'test-kit/wait-until';
import { DogStatsdMetricsBackend, type DogStatsdOptions } from '../src/index.js';
import { optionsFor } from './dogstatsd-subject.js';

let server: RecordingServer;
let backend: DogStatsdMetricsBackend;
let problems: Problem[];
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dogstatsd-'));
});

afterEach(async () => {
  await backend.close({ timeout: 100 });
  await server.stop();
  await rm(directory, { recursive: true });
});

async function start(transport: ServerTransport, options: DogStatsdOptions = {}): Promise<void> {
  server = await RecordingServer.start({ transport });
  problems = [];
  create({ ...optionsFor(server), ...options });
}

function create(options: DogStatsdOptions): void {
  backend = new DogStatsdMetricsBackend({ flushInterval: 100, ...options });
  backend.start({ report: (problem) => problems.push(problem), collect: () => {} });
  backend.open(0, seriesOf('counter', 'hits', { tags: { a: 'b' } }));
  backend.open(1, seriesOf('distribution', 'size'));
  backend.open(2, seriesOf('set', 'users'));
}

function count(calls: number): void {
  for (let call = 0; call < calls; call += 1) backend.incr(0, 1, 1);
}

/** Checks the stats, also while packets may be in flight. */
function expectBalance(): void {
  const { accepted, sent, dropped, pending } = backend.stats();
  expect(sent + pending + Object.values(dropped).reduce((sum, samples) => sum + samples, 0)).toBe(accepted);
}

const arrived = (): number => server.recorded.counter('hits', { a: 'b' });

function describeFaults(transport: ServerTransport): void {
  test('an Agent that is absent at the start gets everything when it appears', async () => {
    await start(transport);
    await backend.close({ timeout: 100 });
    await server.down();
    create(optionsFor(server));
    count(250);
    await backend.flush();
    count(250);
    expectBalance();
    await waitUntil(() => problems.some(({ code }) => code === 'transport_down'));
    await server.up();
    count(1);
    await server.waitFor(() => arrived() === 501, { timeout: 15_000 });
    await waitUntil(() => backend.stats().pending === 0);
    expect(backend.stats()).toEqual(expect.objectContaining({ accepted: 501, sent: 501, pending: 0, dropped: {} }));
    expect(problems.map(({ code }) => code)).toEqual(['transport_down']);
  });

  test('counters keep merging while an Agent restarts with a new socket file, and all samples recorded meanwhile arrive', async () => {
    await start(transport);
    count(10);
    await server.waitFor(() => arrived() === 10);
    await server.down();
    await waitUntil(() => {
      count(1);
      return problems.some(({ code }) => code === 'transport_down');
    });
    const atRisk = backend.stats().accepted - 10;
    count(1000);
    await backend.flush();
    count(1000);
    expect(backend.stats().pending).toBeGreaterThanOrEqual(2000);
    expectBalance();
    await server.up();
    await server.waitFor(() => arrived() >= 2010, { timeout: 15_000 });
    await waitUntil(() => backend.stats().pending === 0);
    expectBalance();
    // Packets sent before the end was noticed may be lost; nothing arrives twice.
    expect(arrived()).toBeLessThanOrEqual(2010 + atRisk);
    expect(problems.filter(({ code }) => code === 'transport_down')).toHaveLength(1);
  });
}

describe('over UDP', () => {
  describeFaults('udp');

  test('a host name that does not resolve is reported once; metrics wait and are merged', async () => {
    await start('udp', { statsdHost: 'no-such-host.invalid' });
    count(1000);
    for (let value = 0; value < 100; value += 1) backend.distribution(1, value, 1);
    await backend.flush();
    expect(backend.stats()).toMatchObject({ accepted: 1100, sent: 0, pending: 1100, ready: false, address: undefined });
    expect(problems.map(({ code }) => code)).toEqual(['resolve_failed']);
    expect(problems[0]!.message).toContain('no-such-host.invalid');
    await backend.close({ timeout: 50 });
    expect(backend.stats()).toMatchObject({ accepted: 1100, sent: 0, pending: 0, dropped: { timeout: 1100 } });
  });
});

function describeUnixFaults(transport: ServerTransport): void {
  describeFaults(transport);

  test('a reader that stalls costs bounded memory, and gets the counters when it continues', async () => {
    await start(transport);
    count(1);
    await server.waitFor(() => arrived() === 1);
    await server.pause();
    const member = 'x'.repeat(1000);
    for (let call = 0; call < 20_000; call += 1) {
      backend.set(2, member + call);
      if (call % 1000 === 0) {
        count(10);
        void backend.flush();
        await new Promise((resolve) => setImmediate(resolve));
        expectBalance();
      }
    }
    const { dropped, pending } = backend.stats();
    // A million units of eight bytes wait, and a few packets.
    expect(dropped['queue_full']).toBeGreaterThan(10_000);
    expect(pending).toBeLessThanOrEqual(9000);
    server.resume();
    await server.waitFor(() => arrived() === 201, { timeout: 20_000 });
    await waitUntil(() => backend.stats().pending === 0);
    expect(Object.keys(backend.stats().dropped)).toEqual(['queue_full']);
    // The packets that the kernel accepted last are still to be read.
    await waitUntil(() => server.recorded.members('users').length === 20_000 - dropped['queue_full']!);
    expectBalance();
  });
}

describe('over a Unix stream', () => {
  describeUnixFaults('unixstream');
});

describeWithUnixDatagrams('over Unix datagrams', () => {
  describeUnixFaults('unixgram');
});

describeWithUnixDatagrams('a Unix socket of the other kind', () => {
  test.each([
    ['unixgram', 'unixstream', 'is a stream socket, which takes no datagrams. Use unixstream://'],
    ['unixstream', 'unixgram', 'takes datagrams, not a stream. Use unixgram://'],
  ] as const)('at the path of %s:// is reported with the address that works', async (scheme, transport, message) => {
    server = await RecordingServer.start({ transport });
    problems = [];
    create({ ...optionsFor(server), statsdSocketPath: `${scheme}://${server.path}` });
    count(5);
    await waitUntil(() => problems.length > 0);
    expect(problems).toMatchObject([{ code: 'transport_down', message: expect.stringContaining(message) }]);
    expect(backend.stats()).toMatchObject({ accepted: 5, pending: 5, lastError: expect.stringContaining(message) });
  });
});

describeWithUnixDatagrams('a Unix socket of unknown kind', () => {
  test.each([
    ['unixgram', 'unix://'],
    ['unixstream', 'unix://'],
    ['unixgram', ''],
    ['unixstream', ''],
  ] as const)('is found to be %s, with "%s" before its path', async (transport, protocol) => {
    server = await RecordingServer.start({ transport });
    problems = [];
    create({ ...optionsFor(server), statsdSocketPath: protocol + server.path });
    count(5);
    backend.event!({ title: 'a', text: 'b' });
    await server.waitFor(() => arrived() === 5 && server.events.length === 1);
    expect(backend.stats()).toMatchObject({ transport, address: server.path, addressFrom: 'options', sent: 6 });
    expect(problems).toEqual([]);
  });

  test('may change its kind when the Agent restarts', async () => {
    const path = join(directory, 'agent.sock');
    server = await RecordingServer.start({ transport: 'unixstream', path });
    problems = [];
    create({ ...optionsFor(server), statsdSocketPath: `unix://${path}` });
    for (const transport of ['unixstream', 'unixgram', 'unixstream'] as const) {
      await server.stop();
      server = await RecordingServer.start({ transport, path });
      await waitUntil(() => {
        count(1);
        return arrived() > 0;
      });
      expect(backend.stats().transport).toBe(transport);
      const before = backend.stats().sent;
      count(100);
      await waitUntil(() => backend.stats().pending === 0);
      expect(backend.stats().sent - before).toBeGreaterThanOrEqual(100);
      await server.waitFor(() => arrived() >= 100);
    }
    expectBalance();
  });
});
