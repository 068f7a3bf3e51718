import { mkdtemp, rm } from 'node:fs/promises';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkOneOf, describeValue } from '@metrics/core/backend';
import type { RecordingOptions } from '../recording/recording.js';
import { ConditionWaiters } from './condition-waiters.js';
import { listen, type ServerTransport } from './listen.js';
import type { PacketListener, PacketSink, ServerConnections } from './packet-listener.js';
import { ServerRecord } from './server-record.js';

/** Options of {@link RecordingServer.start}. */
export interface RecordingServerOptions extends RecordingOptions {
  /** The transport of the socket; see {@link ServerTransport}. @default 'udp' */
  readonly transport?: ServerTransport | undefined;
  /**
   * The port of `udp` and `tcp`, on 127.0.0.1.
   * @default a free port
   */
  readonly port?: number | undefined;
  /**
   * The path of the socket file of `unixgram` and `unixstream`.
   * @default a new file in a temporary directory, removed by `stop`
   */
  readonly path?: string | undefined;
  /**
   * True makes queries throw if anything malformed arrived, or more than is kept. With false it is only listed in
   * `malformed`.
   * @default true
   */
  readonly strict?: boolean | undefined;
}

/**
 * A StatsD and DogStatsD server for tests: a real socket, a strict parser ({@link parseDogStatsd}), and the queries of
 * a `Recording` of `@metrics/testing`. It can stall, disappear, and come back on the same address.
 *
 * It keeps the process alive until {@link stop}, so that a waiting test is not ended early: use `await using`, or call
 * `stop` in `afterEach`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { createMetrics } from '@metrics/core';
 * import { DogStatsdMetricsBackend } from '@metrics/dogstatsd';
 * import { RecordingServer } from '@metrics/testing/servers';
 *
 * const server = await RecordingServer.start();
 * const metrics = createMetrics({ backend: new DogStatsdMetricsBackend({ statsdPort: server.port }) });
 * metrics.incr('jobs.done', { tags: { task: 'mail' } });
 * await metrics.close();
 *
 * await server.waitFor(1); // one line
 * assert.equal(server.recorded.counter('jobs.done', { task: 'mail' }), 1);
 * await server.stop();
 * ```
 */
export class RecordingServer extends ServerRecord {
  /** The transport of the socket. */
  readonly transport: ServerTransport;
  readonly #connections: ServerConnections = { open: 0, accepted: 0, dropped: 0, truncated: 0 };
  readonly #waiters = new ConditionWaiters(() => this.toString());
  #port: number;
  #path: string | undefined;
  #temporary: string | undefined;
  #listener: PacketListener | undefined;
  #paused = false;
  #stopped = false;

  /**
   * Starts a server. Resolves when it is ready.
   *
   * @throws {TypeError | RangeError} if an option is invalid.
   * @throws {Error} if the address is in use, or if the native package of `unixgram` is missing.
   */
  static async start(options: RecordingServerOptions = {}): Promise<RecordingServer> {
    const server = new RecordingServer(options);
    try {
      await server.up();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  private constructor(options: RecordingServerOptions) {
    const { transport = 'udp', port = 0, path, strict = true, maxSamples = 100_000 } = options;
    checkOneOf('transport', transport, Object.keys(listen));
    if (path !== undefined && Buffer.byteLength(path) > MAX_SOCKET_PATH) {
      throw new RangeError(
        `path must have at most ${MAX_SOCKET_PATH} bytes, a limit of the system, and ${describeValue(path)} has more.`,
      );
    }
    super(strict, maxSamples);
    this.transport = transport;
    this.#port = port;
    this.#path = path;
  }

  /** `udp://127.0.0.1:<port>`, or `unixgram://<path>`. */
  get url(): string {
    return `${this.transport}://${this.address}`;
  }

  /** `127.0.0.1:<port>`, or the path of the socket file. */
  get address(): string {
    return this.path ?? `127.0.0.1:${this.#port}`;
  }

  /** The port of `udp` and `tcp`. */
  get port(): number | undefined {
    return this.#isUnix ? undefined : this.#port;
  }

  /** The path of the socket file of `unixgram` and `unixstream`. */
  get path(): string | undefined {
    return this.#isUnix ? this.#path : undefined;
  }

  /** Counts of the connections of `tcp` and `unixstream` since the start. */
  get connections(): Readonly<ServerConnections> {
    return { ...this.#connections };
  }

  /**
   * Resolves as soon as the given number of lines has arrived, or the condition holds. Checks it now, after each
   * packet, and when a connection opens or closes.
   *
   * @throws {Error} after the timeout or `stop`, with everything that arrived. Errors of the condition are rethrown.
   * @throws {AssertionError} as soon as something malformed arrives, unless `strict` is false.
   */
  waitFor(
    expected: number | ((server: this) => boolean),
    {
      timeout = 5000,
    }: {
      /** Milliseconds until it rejects. @default 5000 */
      readonly timeout?: number | undefined;
    } = {},
  ): Promise<void> {
    return this.#waiters.wait(() => {
      this.check();
      return typeof expected === 'number' ? this.lineCount >= expected : expected(this);
    }, timeout);
  }

  /**
   * Stops reading, as a server that hangs: the buffers of clients fill. Rejects over UDP, where clients see no
   * difference.
   */
  async pause(): Promise<void> {
    if (this.#paused) return;
    await this.#listener?.pause();
    this.#paused = this.#listener !== undefined;
  }

  /** Reads again after {@link pause}. */
  resume(): void {
    if (this.#paused) this.#listener?.resume();
    this.#paused = false;
  }

  /**
   * Closes the socket, as a server that crashes: connections end, unread data is lost. The socket file is removed, even
   * if another server has created it again.
   */
  async down(): Promise<void> {
    const listener = this.#listener;
    this.#listener = undefined;
    this.#paused = false;
    await listener?.close();
  }

  /**
   * Binds the same address again after {@link down}.
   *
   * @throws {Error} if another process uses it, or after `stop`.
   */
  async up(): Promise<void> {
    if (this.#stopped) throw new Error('The server was stopped: start a new one');
    if (this.#listener !== undefined) return;
    if (this.#isUnix && this.#path === undefined) {
      this.#temporary = await mkdtemp(join(tmpdir(), 'metrics-'));
      this.#path = join(this.#temporary, 'server.sock');
    }
    const sink: PacketSink = {
      connections: this.#connections,
      connectionsChanged: () => this.#waiters.recheck(),
      packet: (bytes) => {
        this.addPacket(bytes);
        this.#waiters.recheck();
      },
      malformed: (error) => {
        this.addMalformed(error);
        this.#waiters.recheck();
      },
    };
    this.#listener = await listen[this.transport]({ port: this.#port, path: this.#path ?? '' }, sink);
    this.#port = this.#listener.port ?? this.#port;
  }

  /** Stops the server. Everything that was recorded stays readable. Calling it again does nothing. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.down();
    this.#waiters.end('The server was stopped');
    if (this.#temporary !== undefined) await rm(this.#temporary, { recursive: true, force: true });
  }

  /** Does the same as {@link RecordingServer.stop}: `await using server = await RecordingServer.start()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  get #isUnix(): boolean {
    return this.transport === 'unixgram' || this.transport === 'unixstream';
  }
}

/** Bytes of the path of a Unix socket: the kernel's `sun_path` without its final zero. */
const MAX_SOCKET_PATH = platform() === 'darwin' ? 103 : 107;
