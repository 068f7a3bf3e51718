import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const isInstalled = spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).error === undefined;

/** `describe`, or a visible skip where redis-server is not installed; METRICS_REQUIRE_SERVERS=1 makes it mandatory. */
export const describeWithRedis: typeof describe.only =
  isInstalled || process.env['METRICS_REQUIRE_SERVERS'] === '1' ? describe : describe.skip;

/** A server of its own on a free port, which writes each command to disk before it answers. */
export class RedisServer {
  readonly port: number;
  readonly #directory: string;
  readonly #settings: readonly string[];
  #process: ChildProcess | undefined;

  private constructor(port: number, directory: string, settings: readonly string[]) {
    this.port = port;
    this.#directory = directory;
    this.#settings = settings;
  }

  static async start(...settings: readonly string[]): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), await mkdtemp(join(tmpdir(), 'redis-')), settings);
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Again, on the same port with the same data. */
  async start(): Promise<void> {
    const durable = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'always'];
    const place = ['--bind', '127.0.0.1', '--port', `${this.port}`, '--dir', this.#directory];
    const server = spawn('redis-server', [...place, ...durable, ...this.#settings], {
      stdio: 'ignore',
    });
    this.#process = server;
    for (let attempt = 0; attempt < 500; attempt += 1) {
      if (server.exitCode !== null) throw new Error(`redis-server ended: ${await this.#log()}`);
      if ((await this.ask('PING').catch(() => '')).includes('PONG')) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error('redis-server did not answer within ten seconds.');
  }

  /** The raw answer to a command, for what must not depend on a client. */
  async ask(...command: readonly string[]): Promise<string> {
    const socket = connect(this.port, '127.0.0.1');
    await once(socket, 'connect');
    const text = command.map((argument) => `$${Buffer.byteLength(argument)}\r\n${argument}\r\n`).join('');
    socket.end(`*${command.length}\r\n${text}`);
    let answer = '';
    for await (const chunk of socket) answer += chunk;
    return answer;
  }

  /** Ends it at once. */
  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const server = this.#process;
    if (server === undefined) return;
    this.#process = undefined;
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill(signal);
    await once(server, 'exit');
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }

  #log(): Promise<string> {
    return readFile(join(this.#directory, 'redis.log'), 'utf8').catch(() => 'without a word');
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
