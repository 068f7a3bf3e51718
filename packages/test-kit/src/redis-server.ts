import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWith } from './describe-with.js';
import { freePort } from './free-port.cjs';

export const describeWithRedis: typeof describe.only = describeWith('redis-server');

/** A Redis server on a free port, which writes each command to disk before it replies. */
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

  /** Starts the server again, on the same port with the same data. */
  async start(): Promise<void> {
    const durable = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'always'];
    const location = ['--bind', '127.0.0.1', '--port', `${this.port}`, '--dir', this.#directory];
    const server = spawn('redis-server', [...location, ...durable, ...this.#settings], {
      stdio: 'ignore',
    });
    this.#process = server;
    for (let attempt = 0; attempt < 3000; attempt += 1) {
      if (server.exitCode !== null) throw new Error(`redis-server ended: ${await this.#log()}`);
      if ((await this.ask('PING').catch(() => '')).includes('PONG')) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error('redis-server did not reply within a minute.');
  }

  /** Resolves with the raw reply to a command, for checks that must not depend on a client. */
  async ask(...command: readonly string[]): Promise<string> {
    const socket = connect(this.port, '127.0.0.1');
    await once(socket, 'connect');
    const text = command.map((argument) => `$${Buffer.byteLength(argument)}\r\n${argument}\r\n`).join('');
    socket.end(`*${command.length}\r\n${text}`);
    let reply = '';
    for await (const chunk of socket) reply += chunk;
    return reply;
  }

  /** Stops the server, by default without giving it time to finish anything. */
  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const server = this.#process;
    if (server === undefined) return;
    this.#process = undefined;
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill(signal);
    await once(server, 'exit');
  }

  /** Makes the server hang: connections stay, and no command has a reply until thaw. */
  freeze(): void {
    this.#process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#process?.kill('SIGCONT');
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }

  #log(): Promise<string> {
    return readFile(join(this.#directory, 'redis.log'), 'utf8').catch(() => 'it wrote no log');
  }
}
