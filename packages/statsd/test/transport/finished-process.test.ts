import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { runProgram } from 'test-kit/run-program';
import { waitUntil } from 'test-kit/wait-until';

const cwd = join(__dirname, '..', '..');

/** A server that reads nothing until `read` is called. */
class SilentServer implements AsyncDisposable {
  readonly port: number;
  received = 0;
  readonly #server: Server;
  readonly #sockets: Socket[] = [];

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
    server.on('connection', (socket) => {
      socket.on('error', () => {});
      socket.on('data', (data) => {
        // One bar for each line: a longer sign could be cut by the end of a chunk.
        this.received += data.toString().match(/\|/g)?.length ?? 0;
      });
      socket.pause();
      this.#sockets.push(socket);
    });
  }

  static async start(): Promise<SilentServer> {
    const server = createServer({ pauseOnConnect: true });
    server.listen({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    return new SilentServer(server, (server.address() as AddressInfo).port);
  }

  read(): void {
    for (const socket of this.#sockets) socket.resume();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** A program that records much more than a kernel buffers, then runs `rest`; it prints how long it lived after its last line. */
function program(backend: string, rest = ''): string {
  return `
    import { createMetrics } from '@metrics/core';
    import { StatsdMetricsBackend } from '@metrics/statsd';
    const backend = ${backend};
    const problems = [];
    const metrics = createMetrics({ backend, onError: ({ code }) => problems.push(code) });
    for (let member = 0; member < 20_000; member += 1) metrics.set('users' + (member % 50), 'x'.repeat(500) + member);
    ${rest}
    const finished = performance.now();
    process.on('exit', () => {
      const { sent, pending, dropped } = backend.stats();
      const after = performance.now() - finished;
      console.log(JSON.stringify({ after, sent, pending, dropped, problems }));
    });
  `;
}

interface Outcome {
  readonly after: number;
  readonly sent: number;
  readonly pending: number;
  readonly dropped: Record<string, number>;
  readonly problems: (string | number)[];
}

async function outcome(source: string): Promise<Outcome> {
  return JSON.parse((await runProgram(source, { cwd, timeout: 20_000 })).output) as Outcome;
}

function expectQuickEnd({ after, sent, pending, dropped, problems }: Outcome): void {
  expect(after).toBeLessThan(2500);
  expect(pending).toBe(0);
  expect(sent + Object.values(dropped).reduce((sum, count) => sum + count, 0)).toBe(20_000);
  expect(dropped['exit']).toBeGreaterThan(0);
  expect(problems).toContain('lost_at_exit');
}

test('a finished process does not wait for a TCP server that reads nothing', async () => {
  await using server = await SilentServer.start();
  const backend = `new StatsdMetricsBackend({ protocol: 'tcp', port: ${server.port} })`;
  expectQuickEnd(await outcome(program(backend)));
});

test('a finished process does not wait for a TCP server that does not respond', async () => {
  // Its event loop is blocked, and its queue of connections is full.
  const source = `
    require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
      require('node:fs').writeSync(1, String(this.address().port));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });
  `;
  const server = spawn(process.execPath, ['--eval', source], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = Number(((await once(server.stdout, 'data')) as [Buffer])[0].toString());
  const others = Array.from({ length: 8 }, () => connect(port, '127.0.0.1').on('error', () => {}));
  await waitUntil(() => others.some((socket) => !socket.connecting));
  try {
    expectQuickEnd(await outcome(program(`new StatsdMetricsBackend({ protocol: 'tcp', port: ${port} })`)));
  } finally {
    for (const socket of others) socket.destroy();
    server.kill('SIGKILL');
    await once(server, 'exit');
  }
});

test('a process that has other work keeps a connection whose server pauses for a while, and loses nothing', async () => {
  await using server = await SilentServer.start();
  const backend = `new StatsdMetricsBackend({ protocol: 'tcp', port: ${server.port}, flushInterval: 50 })`;
  const rest = `
    const total = backend.stats().accepted - Object.values(backend.stats().dropped).reduce((a, b) => a + b, 0);
    while (backend.stats().sent < total) await new Promise((resolve) => setTimeout(resolve, 50));
    problems.length = 0;
  `;
  const timer = setTimeout(() => server.read(), 2500);
  const { sent, pending, dropped, problems } = await outcome(program(backend, rest));
  clearTimeout(timer);
  expect({ pending, problems, reasons: Object.keys(dropped) }).toEqual({
    pending: 0,
    problems: [],
    reasons: ['queue_full'],
  });
  // The process may have ended before this one has read everything.
  await waitUntil(() => server.received >= sent);
  expect(server.received).toBe(sent);
});

test('a flush to a server that reads nothing resolves, with the samples pending', async () => {
  await using server = await SilentServer.start();
  const backend = `new StatsdMetricsBackend({ protocol: 'tcp', port: ${server.port} })`;
  const rest = `
    const started = performance.now();
    await metrics.flush();
    problems.push(performance.now() - started, backend.stats().pending);
  `;
  const { problems } = await outcome(program(backend, rest));
  const [took, pending] = problems.filter((value) => typeof value === 'number');
  expect(took).toBeLessThan(3500);
  expect(pending).toBeGreaterThan(1000);
});
