import { connect, type NetConnectOpts, type Socket } from 'node:net';
import type { PacketTransport } from './packet-transport.js';
import { ResolveError, rememberingLookup } from './remembering-lookup.js';
import type { Lookup } from './resolved-host.js';

/** The Datadog Agent ends a connection that announces more. */
const PACKET = 8192;
const KEEP_ALIVE = 30_000;
/** The first lost packet of a handshake is repeated after a second. */
const CONNECT_TIMEOUT = 3000;
/** Also the longest that an unread packet keeps a finished process alive. */
const STALL_TIMEOUT = 5000;
const FIRST_WAIT = 100;
const LONGEST_WAIT = 10_000;
/** A connection that ends sooner counts as a failure: a proxy without a server behind it accepts and closes. */
const LASTING = 1000;
/** Milliseconds for which a request waits for a connection. */
const PATIENCE = 1000;
/** Milliseconds for which a closed transport waits until the server closes too. */
const FAREWELL = 1000;

export type StreamAddress = { readonly host: string; readonly port: number } | { readonly path: string };

export interface StreamTransportOptions {
  readonly address: StreamAddress;
  /**
   * What tells a packet from the next: the newlines it has anyway, or its length before it, as 32 bits in little-endian
   * order, which is how the Datadog Agent reads a stream.
   */
  readonly framing: 'newline' | 'length32';
  /** @default 8192 */
  readonly maxPacketBytes: number | undefined;
  /** Called with the first failure of an outage. */
  readonly onDown: (error: Error) => void;
  /** Called with the first failure of an outage to resolve the host name. */
  readonly onResolveFailure?: ((error: Error) => void) | undefined;
  /** Milliseconds. @default 3000 */
  readonly connectTimeout?: number | undefined;
  /** Milliseconds a server may read nothing until the connection is ended. @default 5000 */
  readonly stallTimeout?: number | undefined;
  /** @default dns.lookup */
  readonly lookup?: Lookup | undefined;
  /** Answers numbers from 0 to below 1; spreads attempts to connect. @default Math.random */
  readonly random?: (() => number) | undefined;
}

interface QueuedPacket {
  readonly packet: Uint8Array;
  readonly done: (error: Error | undefined, refused: boolean) => void;
}

/**
 * A TCP or Unix stream connection that is made again whenever it ends, with growing pauses and full jitter.
 *
 * A packet counts as sent when the kernel has all of it. One packet at a time is with the kernel, so when a connection
 * ends, one at most may have left in part: that one is lost and never repeated, because a line that arrives twice
 * corrupts a counter. All others never left and are refused, hence offered again. What the kernel had taken and the
 * server never read is lost unseen.
 *
 * A long file, because to open, to write and to end share one state: the connection there is.
 */
export class StreamTransport implements PacketTransport {
  readonly address: string;
  readonly maxPacketBytes: number;
  /** The server's kernel says when it has enough. */
  readonly maxBurstPackets: number = Number.POSITIVE_INFINITY;
  readonly #options: StreamTransportOptions;
  readonly #connectOptions: NetConnectOpts;
  #socket: Socket | undefined;
  /** The first one is with the kernel if `#stalled` is set. */
  readonly #queue: QueuedPacket[] = [];
  /** Runs while the kernel has not taken all of the first packet. */
  #stalled: NodeJS.Timeout | undefined;
  /** The server read nothing for too long. */
  #gaveUp = false;
  #failures = 0;
  #retryTimer: NodeJS.Timeout | undefined;
  readonly #told = new Set<(error: Error) => void>();
  /** Those who wait for a connection. */
  readonly #waiting = new Set<() => void>();
  #closed = false;

  constructor(options: StreamTransportOptions) {
    const { address } = options;
    this.#options = options;
    this.maxPacketBytes = options.maxPacketBytes ?? PACKET;
    if ('path' in address) {
      this.address = address.path;
      this.#connectOptions = { path: address.path };
    } else {
      this.address = `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
      this.#connectOptions = {
        ...address,
        lookup: rememberingLookup({
          lookup: options.lookup,
          onFailure: (error) => this.#tell(options.onResolveFailure, error),
        }),
        autoSelectFamily: true,
        noDelay: true,
        keepAlive: true,
        keepAliveInitialDelay: KEEP_ALIVE,
      };
    }
    this.#open();
  }

  get ready(): boolean {
    return this.#socket?.readyState === 'open' && !this.#closed;
  }

  get congested(): boolean {
    return this.#queue.length > 0;
  }

  send(packet: Uint8Array, done: (error: Error | undefined, refused: boolean) => void): void {
    if (!this.ready) return done(new Error(`There is no connection to ${this.address}.`), true);
    this.#queue.push({ packet, done });
    if (this.#queue.length === 1) this.#write();
  }

  connect(): Promise<boolean> {
    if (this.ready || this.#closed) return Promise.resolve(this.ready);
    if (this.#socket === undefined) this.#open();
    return new Promise((resolve) => {
      const answer = (): void => {
        clearTimeout(patience);
        this.#waiting.delete(answer);
        resolve(this.ready);
      };
      // Keeps the process alive: somebody waits.
      const patience = setTimeout(answer, PATIENCE);
      this.#waiting.add(answer);
    });
  }

  /** The server sees the end behind the last packet; one that the kernel did not take is given up. */
  close(): void {
    if (this.#closed) return;
    const isIdle = this.ready && this.#queue.length === 0;
    this.#closed = true;
    clearTimeout(this.#retryTimer);
    this.#wake();
    const socket = this.#socket;
    if (!isIdle) {
      socket?.destroy();
    } else {
      socket?.end();
      setTimeout(() => socket?.destroy(), FAREWELL).unref();
    }
  }

  #open(): void {
    clearTimeout(this.#retryTimer);
    const { connectTimeout = CONNECT_TIMEOUT } = this.#options;
    const socket = connect(this.#connectOptions).unref();
    const tooLong = setTimeout(() => {
      socket.destroy(new Error(`${this.address} does not answer within ${connectTimeout} milliseconds.`));
    }, connectTimeout).unref();
    let failure: Error | undefined;
    let connectedAt = Number.POSITIVE_INFINITY;
    this.#socket = socket;
    this.#gaveUp = false;
    socket.on('connect', () => {
      clearTimeout(tooLong);
      connectedAt = performance.now();
      this.#wake();
    });
    socket.on('error', (error) => {
      failure = error;
    });
    socket.on('close', () => {
      clearTimeout(tooLong);
      const hasServed = performance.now() - connectedAt >= LASTING && !this.#gaveUp;
      this.#ended(failure ?? new Error(`${this.address} ended the connection.`), hasServed);
    });
    // What the server says is of no interest; its end is seen only by who reads.
    socket.resume();
  }

  #ended(failure: Error, hasServed: boolean): void {
    const mayHaveLeft = this.#stalled !== undefined;
    clearTimeout(this.#stalled);
    this.#stalled = undefined;
    this.#socket = undefined;
    this.#queue.splice(0).forEach(({ done }, index) => done(failure, !(mayHaveLeft && index === 0)));
    this.#wake();
    if (this.#closed) return;
    if (hasServed) {
      this.#failures = 0;
      this.#told.clear();
    } else {
      this.#failures += 1;
    }
    const wait = Math.min(FIRST_WAIT * 2 ** this.#failures, LONGEST_WAIT) * (this.#options.random ?? Math.random)();
    this.#retryTimer = setTimeout(() => this.#open(), wait).unref();
    // Last, because who is told may close.
    if (!hasServed && !(failure instanceof ResolveError)) this.#tell(this.#options.onDown, failure);
  }

  /** Gives packet after packet to the kernel, as long as it takes all of one at once. */
  #write(): void {
    const socket = this.#socket!;
    const { framing, stallTimeout = STALL_TIMEOUT } = this.#options;
    for (let first = this.#queue[0]; first !== undefined && this.ready; first = this.#queue[0]) {
      let isWaiting = false;
      const taken = (error?: Error | null): void => {
        // The callback of a destroyed socket comes without an error. Its end answers for the packet.
        if (!isWaiting || error || socket.destroyed) return;
        clearTimeout(this.#stalled);
        this.#stalled = undefined;
        this.#queue.shift()!.done(undefined, false);
        this.#write();
      };
      if (framing === 'newline') socket.write(first.packet, taken);
      else writeWithLength(socket, first.packet, taken);
      // Nothing of the packet left; the socket ends on a later tick.
      if (socket.errored !== null) return;
      if (socket.writableLength > 0) {
        isWaiting = true;
        this.#stalled = setTimeout(() => {
          this.#gaveUp = true;
          socket.destroy(new Error(`${this.address} has read nothing for ${stallTimeout} milliseconds.`));
        }, stallTimeout).unref();
        return;
      }
      this.#queue.shift();
      first.done(undefined, false);
    }
  }

  #tell(report: ((error: Error) => void) | undefined, error: Error): void {
    if (report === undefined || this.#told.has(report) || this.#closed) return;
    this.#told.add(report);
    report(error);
  }

  #wake(): void {
    for (const answer of this.#waiting) answer();
  }
}

/** Length and payload leave in one write. */
function writeWithLength(socket: Socket, packet: Uint8Array, taken: (error?: Error | null) => void): void {
  const length = Buffer.allocUnsafe(4);
  length.writeUInt32LE(packet.length);
  socket.cork();
  socket.write(length);
  socket.write(packet, taken);
  socket.uncork();
}
