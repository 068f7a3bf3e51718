import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Problem } from '@metrics/core';
import { describeWithUnixDatagrams } from 'test-kit/describe-with';
import { runProgram } from 'test-kit/run-program';
import { seriesOf } from 'test-kit/series-of';
import { UnixReceiver } from 'test-kit/unix-receiver';
import { waitUntil } from 'test-kit/wait-until';
import { StatsdMetricsBackend } from '../../src/index.js';
import { packetError } from '../../src/transport/datagram-socket.js';

const cwd = join(__dirname, '..', '..');
let directory: string;
let path: string;
let problems: Problem[];
const receivers: UnixReceiver[] = [];
const backends: StatsdMetricsBackend[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'statsd-uds-'));
  path = join(directory, 'statsd.sock');
  problems = [];
});

afterEach(async () => {
  for (const backend of backends.splice(0)) await backend.close({ timeout: 200 });
  for (const receiver of receivers.splice(0)) await receiver.stop();
  await rm(directory, { recursive: true });
});

async function listen(): Promise<UnixReceiver> {
  const receiver = await UnixReceiver.start(path);
  receivers.push(receiver);
  return receiver;
}

function create(flushInterval = 20): StatsdMetricsBackend {
  const backend = new StatsdMetricsBackend({
    protocol: 'uds',
    path,
    flushInterval,
  });
  backend.start({ report: (problem) => problems.push(problem), collect: () => {} });
  backend.open(0, seriesOf('counter', 'hits'));
  backend.open(1, seriesOf('timing', 'db'));
  backends.push(backend);
  return backend;
}

describeWithUnixDatagrams('Unix datagrams', () => {
  test('lastError and the problem name the error of the system, not its number', async () => {
    const backend = create();
    backend.incr(0, 1, 1);
    await waitUntil(() => problems.length > 0);
    expect(problems).toMatchObject([
      { code: 'transport_down', message: expect.stringMatching(/statsd\.sock: .*connect ENOENT \(no such file/) },
    ]);
    expect(backend.stats().lastError).toContain('ENOENT (no such file or directory)');
    await writeFile(path, '');
    await waitUntil(() => /ECONNREFUSED \(connection refused\)/.test(backend.stats().lastError!));
    // No program may take the permission away from root.
    expect(packetError('Refused', Object.assign(new Error('connect -13'), { code: -13 })).message).toBe(
      'Refused: connect EACCES (permission denied)',
    );
  });

  test('the path of a stream socket is recognized', async () => {
    const server = createServer().listen(path);
    await once(server, 'listening');
    const backend = create();
    backend.incr(0, 1, 1);
    await waitUntil(() => problems.length > 0);
    expect(problems[0]!.message).toContain(`${path} is a stream socket, which takes no datagrams.`);
    expect(backend.stats()).toEqual(expect.objectContaining({ pending: 1, dropped: {} }));
    server.close();
  });

  test('lines arrive at a server written in another language', async () => {
    const receiver = await listen();
    const backend = create();
    backend.open(2, seriesOf('gauge', 'depth'));
    backend.open(3, seriesOf('set', 'users'));
    backend.incr(0, 5, 1);
    backend.timing(1, 12.5, 1);
    backend.gauge(2, -3);
    backend.set(3, 'ann');
    await backend.flush();
    await waitUntil(() => receiver.lines.length === 5);
    expect(receiver.lines.toSorted()).toEqual(['db:12.5|ms', 'depth:-3|g', 'depth:0|g', 'hits:5|c', 'users:ann|s']);
    expect(backend.stats()).toMatchObject({ accepted: 4, sent: 4, pending: 0, address: path, lastError: undefined });
  });

  test('everything of a large flush arrives although the kernel queues only a few packets', async () => {
    const receiver = await listen();
    const backend = create(10_000);
    for (let id = 10; id < 20_010; id += 1) {
      backend.open(id, seriesOf('counter', `a.series.among.many.${id}`));
      backend.incr(id, 1, 1);
    }
    await backend.flush();
    await waitUntil(
      () => receiver.lines.length >= 20_000,
      () => receiver.lines.length,
    );
    expect(new Set(receiver.lines).size).toBe(20_000);
    expect(backend.stats()).toEqual(expect.objectContaining({ sent: 20_000, pending: 0, dropped: {} }));
  });

  test('if the socket is not there at the start, samples merge, arrive when it appears, and one problem is reported', async () => {
    const backend = create();
    for (let round = 0; round < 3; round += 1) {
      backend.incr(0, 1, 1);
      await backend.flush();
    }
    expect(backend.stats()).toEqual(expect.objectContaining({ accepted: 3, sent: 0, pending: 3, dropped: {} }));
    await waitUntil(() => problems.length > 0);
    expect(problems.map(({ code }) => code)).toEqual(['transport_down']);
    const receiver = await listen();
    await waitUntil(() => receiver.sum('hits') === 3);
    await waitUntil(() => backend.stats().sent === 3);
  });

  test('a server that restarts with a new socket file gets every sample recorded meanwhile', async () => {
    const first = await listen();
    const backend = create();
    backend.incr(0, 1, 1);
    await waitUntil(() => first.sum('hits') === 1);
    await receivers.pop()!.stop();
    for (let round = 0; round < 20; round += 1) {
      backend.incr(0, 1, 1);
      backend.timing(1, round, 1);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(backend.stats()).toMatchObject({ accepted: 41, sent: 1, pending: 40 });
    const second = await listen();
    await waitUntil(
      () => second.sum('hits') === 20 && second.lines.filter((line) => line.startsWith('db')).length === 20,
      () => second.lines,
    );
    expect(second.sum('db')).toBe(190);
    await waitUntil(() => backend.stats().pending === 0);
    expect(backend.stats()).toEqual(expect.objectContaining({ accepted: 41, sent: 41, dropped: {} }));
  });

  test('while a reader stalls, little is in flight and the buffer merges, and all of it arrives when it reads again', async () => {
    const receiver = await listen();
    const backend = create();
    await receiver.stall();
    for (let round = 0; round < 100; round += 1) {
      backend.incr(0, 1, 1);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    // The kernel's queue, and the packets that are retried.
    const { accepted, sent, pending, packets } = backend.stats();
    expect(packets).toBeLessThan(20);
    expect(sent + pending).toBe(accepted);
    expect(pending).toBeGreaterThan(20);
    receiver.resume();
    await waitUntil(
      () => receiver.sum('hits') === 100,
      () => [receiver.lines, backend.stats()],
    );
    await waitUntil(() => backend.stats().pending === 0);
  });

  test('close meets its deadline without a reader, and counts the lost samples', async () => {
    const backend = create();
    backend.incr(0, 3, 1);
    backend.timing(1, 1, 1);
    const started = performance.now();
    await backend.close({ timeout: 150 });
    expect(performance.now() - started).toBeLessThan(5000);
    expect(backend.stats()).toMatchObject({ accepted: 2, sent: 0, pending: 0, dropped: { timeout: 2 } });
  });

  test('flushSync delivers', async () => {
    const receiver = await listen();
    const backend = create();
    backend.incr(0, 3, 1);
    backend.flushSync();
    expect(backend.stats()).toMatchObject({ sent: 1, pending: 0 });
    await waitUntil(() => receiver.sum('hits') === 3);
  });

  test.each(['a live socket', 'no socket'])('a closed backend with %s lets the process end', async (there) => {
    if (there === 'a live socket') await listen();
    const source = `
    import { StatsdMetricsBackend } from '@metrics/statsd';
    const backend = new StatsdMetricsBackend({ protocol: 'uds', path: ${JSON.stringify(path)} });
    backend.open(0, { kind: 'counter', key: 'a', name: 'a', tags: [], internal: false });
    backend.incr(0, 1, 1);
    await backend.close({ timeout: 100 });
    console.log(JSON.stringify(backend.stats().dropped));
  `;
    const { code, output } = await runProgram(source, { cwd });
    expect(output).toBe(there === 'a live socket' ? '{}\n' : '{"timeout":1}\n');
    expect(code).toBe(0);
  });

  test('a process ends without close, and its samples arrive', async () => {
    const receiver = await listen();
    const source = `
      import { metrics } from '@metrics/core';
      import { StatsdMetricsBackend } from '@metrics/statsd';
      metrics.register(new StatsdMetricsBackend({ protocol: 'uds', path: ${JSON.stringify(path)}, flushInterval: 100 }));
      metrics.incr('hits');
      await metrics.flush();
      metrics.incr('hits');`;
    const { code, output } = await runProgram(source, { cwd, timeout: 30_000 });
    expect({ code, output }).toEqual({ code: 0, output: '' });
    await waitUntil(() => receiver.sum('hits') === 2);
  });
});

test('in a worker thread the constructor throws, because the native package would run in the main thread', async () => {
  const thread = `
    const { StatsdMetricsBackend } = require('@metrics/statsd');
    try { new StatsdMetricsBackend({ protocol: 'uds', path: '/tmp/x.sock' }); } catch (error) { console.log(error.message); }`;
  const source = `
    import { Worker } from 'node:worker_threads';
    new Worker(${JSON.stringify(thread)}, { eval: true, execArgv: [] });`;
  const { code, output } = await runProgram(source, { cwd, timeout: 30_000 });
  expect(output).toMatch(/^Datagrams to a Unix socket need the main thread: .* use UDP or a stream there\.\n$/);
  expect(code).toBe(0);
});

describe('the error of the constructor without the native package', () => {
  /** Installs the built packages by copying them, with these files of `node_modules/unix-dgram`. */
  async function messageWith(name: string, files: Readonly<Record<string, string>>): Promise<string> {
    const modules = join(directory, name, 'node_modules');
    for (const folder of ['aggregation', 'core', 'statsd'])
      for (const part of ['package.json', 'dist'])
        await cp(join(cwd, '..', folder, part), join(modules, '@metrics', folder, part), { recursive: true });
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(modules, file)), { recursive: true });
      await writeFile(join(modules, file), text);
    }
    const { output } = await runProgram(
      `import { StatsdMetricsBackend } from '@metrics/statsd';
       try { new StatsdMetricsBackend({ protocol: 'uds', path: '/tmp/x.sock' }); } catch (error) { console.log(error.message); }`,
      { cwd: join(directory, name) },
    );
    return output;
  }
  const manifest = { 'unix-dgram/package.json': '{ "main": "main.js" }' };

  test('names the commands that install it', async () => {
    expect(await messageWith('missing', {})).toMatch(
      /^Datagrams to a Unix socket need the native package unix-dgram, which is not installed: .*`npm install unix-dgram`.*`yarn add unix-dgram`.*`pnpm add --allow-build=unix-dgram unix-dgram`/,
    );
  });

  test.each([
    [
      'its binary is missing',
      { 'unix-dgram/main.js': "throw new Error('Could not locate the bindings file. Tried:');" },
    ],
    ['it lacks one that it depends on', { 'unix-dgram/main.js': "require('bindings')('unix_dgram.node');" }],
  ])('names those that build it if %s', async (reason, files) => {
    expect(await messageWith(reason.replaceAll(' ', '-'), { ...manifest, ...files })).toMatch(
      /unix-dgram, which is installed but was not built for this Node\.js: .*`npm rebuild unix-dgram`.*`yarn rebuild unix-dgram`.*`pnpm approve-builds`/,
    );
  });
});
