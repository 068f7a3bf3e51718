import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordingOptions } from '../recording/recording.js';
import { ArrivalWaiters } from './condition-waiters.js';
import { listen, type ServerTransport } from './listen.js';
import type { PacketListener, PacketSink, ServerConnections } from './packet-listener.js';
import { ServerRecord } from './server-record.js';

export interface RecordingServerOptions extends RecordingOptions {
  /** @default 'udp' */
  readonly transport?: ServerTransport | undefined;
  /**
   * On 127.0.0.1, of `udp` and `tcp`.
   * @default a free one
   */
  readonly port?: number | undefined;
  /**
   * Of the socket file of `unixgram` and `unixstream`.
   * @default a new file in a temporary directory, removed by `stop`
   */
  readonly path?: string | undefined;
  /**
   * Questions fail while something malformed is among what arrived, or more than is kept. With `false` it is only listed
   * under `malformed`.
   * @default true
   */
  readonly strict?: boolean | undefined;
}

/**
 * A StatsD and DogStatsD server for tests: a real socket, a strict parser ({@link parseDogStatsd}), and the questions of a
 * {@link Recording}. It can stall, disappear, and come back on the same address.
 *
 * It keeps the process alive until {@link stop}, so that a test that waits is not cut short: `await using`, or stop it in
 * `afterEach`.
 */
export class RecordingServer extends ServerRecord implements AsyncDisposable {
  readonly transport: ServerTransport;
  readonly #connections: ServerConnections = { open: 0, accepted: 0, dropped: 0, truncated: 0 };
  readonly #waiters = new ArrivalWaiters(() => this.toString());
  #port: number;
  #path: string | undefined;
  #temporary: string | undefined;
  #listener: PacketListener | undefined;
  #paused = false;
  #stopped = false;

  /**
   * Resolves when the server is ready.
   *
   * @throws TypeError or RangeError for bad options; Error where the address is taken, or where the native package of
   * `unixgram` is missing.
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
    if (!Object.hasOwn(listen, transport)) {
      throw new TypeError(`transport must be one of ${Object.keys(listen).join(', ')}, not ${transport as string}`);
    }
    if (path !== undefined && Buffer.byteLength(path) > MOST_PATH_BYTES) {
      throw new RangeError(`path must have at most ${MOST_PATH_BYTES} bytes, a limit of the system, not ${path}`);
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

  /** Of `udp` and `tcp`. */
  get port(): number | undefined {
    return this.#isUnix ? undefined : this.#port;
  }

  /** Of the socket file of `unixgram` and `unixstream`. */
  get path(): string | undefined {
    return this.#isUnix ? this.#path : undefined;
  }

  /** Of `tcp` and `unixstream`, since the start. */
  get connections(): Readonly<ServerConnections> {
    return { ...this.#connections };
  }

  /**
   * Resolves as soon as so many lines have come, or the condition holds; it is asked now, after each packet, and when a
   * connection comes or goes.
   *
   * @param options.timeout milliseconds, 5000 by default.
   * @throws Error that shows what did arrive, when time runs out or the server is stopped; AssertionError as soon as
   * something malformed arrives, unless `strict` is off; whatever the condition throws.
   */
  waitFor(
    expected: number | ((server: this) => boolean),
    { timeout = 5000 }: { readonly timeout?: number | undefined } = {},
  ): Promise<void> {
    return this.#waiters.wait(() => {
      this.check();
      return typeof expected === 'number' ? this.lineCount >= expected : expected(this);
    }, timeout);
  }

  /**
   * From now on nothing is read, as by a reader that hangs: the buffers of clients fill. Not over UDP, where a client sees no
   * difference.
   */
  async pause(): Promise<void> {
    if (this.#paused) return;
    await this.#listener?.pause();
    this.#paused = this.#listener !== undefined;
  }

  resume(): void {
    if (this.#paused) this.#listener?.resume();
    this.#paused = false;
  }

  /**
   * Gives the address up, as a server that dies: connections end, what was not read is lost. The socket file is removed,
   * also where another server has made it anew.
   */
  async down(): Promise<void> {
    const listener = this.#listener;
    this.#listener = undefined;
    this.#paused = false;
    await listener?.close();
  }

  /**
   * Comes back on the same address, after {@link down}.
   *
   * @throws Error where somebody else took it, or after `stop`.
   */
  async up(): Promise<void> {
    if (this.#stopped) throw new Error('The server was stopped: start another one');
    if (this.#listener !== undefined) return;
    if (this.#isUnix && this.#path === undefined) {
      this.#temporary = await mkdtemp(join(tmpdir(), 'metrics-'));
      this.#path = join(this.#temporary, 'server.sock');
    }
    const sink: PacketSink = {
      connections: this.#connections,
      look: () => this.#waiters.look(),
      packet: (bytes) => {
        this.addPacket(bytes);
        this.#waiters.look();
      },
      malformed: (error) => {
        this.addMalformed(error);
        this.#waiters.look();
      },
    };
    this.#listener = await listen[this.transport]({ port: this.#port, path: this.#path ?? '' }, sink);
    this.#port = this.#listener.port ?? this.#port;
  }

  /** Ends everything; what was recorded stays readable. Calling it again changes nothing. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.down();
    this.#waiters.end('The server was stopped');
    if (this.#temporary !== undefined) await rm(this.#temporary, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  get #isUnix(): boolean {
    return this.transport === 'unixgram' || this.transport === 'unixstream';
  }
}

/** The kernel's `sun_path`, without the zero at its end. */
const MOST_PATH_BYTES = process.platform === 'darwin' ? 103 : 107;
