// The transport over TCP and Unix streams.
import type { NetConnectOpts } from 'node:net';
import { Backoff } from '@metrics/aggregation';
import { alsoInRealTime } from '@metrics/core/backend';
import type { PacketTransport } from './packet-transport.js';
import { type Lookup, ResolveError, staleOnErrorLookup } from './resolved-host.js';
import { StreamConnection } from './stream-connection.js';

/** The Datadog Agent ends a connection that announces more. */
const DEFAULT_PACKET_BYTES = 8192;
const KEEP_ALIVE_MS = 30_000;
/** Milliseconds. The first lost packet of a handshake is repeated after a second. */
const DEFAULT_CONNECT_TIMEOUT = 3000;
/** Milliseconds; also the longest time that an unread packet keeps a finished process alive. */
const DEFAULT_STALL_TIMEOUT = 5000;
/** Longest wait before a connection that was stable is opened again. */
const RECONNECT_MS = 100;
const FIRST_RETRY_MS = 200;
const MAX_RETRY_MS = 10_000;
/** Milliseconds for which a caller waits for a connection. */
const WAIT_TIMEOUT = 1000;

/** The address of a stream: a host with a port, or the path of a Unix socket. */
export type StreamAddress =
  | {
      /** A name or an IP address. */
      readonly host: string;
      /** The port of the server. */
      readonly port: number;
    }
  | {
      /** The path of the socket. */
      readonly path: string;
    };

/** Options of {@link StreamTransport}. */
export interface StreamTransportOptions {
  /** A host with a port, or the path of a Unix socket. */
  readonly address: StreamAddress;
  /** `newline` ends each packet with a line feed. `length32` prepends its length, as the Datadog Agent reads a stream. */
  readonly framing: 'newline' | 'length32';
  /** Bytes of the largest packet. @default 8192 */
  readonly maxPacketBytes?: number | undefined;
  /** Called with the first failure of an outage. */
  readonly onDown: (error: Error) => void;
  /** Called with the first failure of an outage to resolve the host name. */
  readonly onResolveFailure?: ((error: Error) => void) | undefined;
  /** Milliseconds for opening a connection. @default 3000 */
  readonly connectTimeout?: number | undefined;
  /** Milliseconds for which a server may read nothing before the connection is ended. @default 5000 */
  readonly stallTimeout?: number | undefined;
  /** Resolves the host name, for tests. @default dns.lookup */
  readonly lookup?: Lookup | undefined;
  /** Returns numbers from 0 to below 1; spreads attempts to connect. @default Math.random */
  readonly random?: (() => number) | undefined;
}

interface QueuedPacket {
  readonly packet: Uint8Array;
  readonly done: (error: Error | undefined, retryable: boolean) => void;
}

/**
 * A TCP or Unix stream that is connected again whenever its connection ends, after waits that double, with full jitter.
 *
 * A packet counts as sent when the kernel has accepted all of it. Packets are passed to the kernel one at a time, so at most
 * one may have left in part when a connection ends. That one is lost and never repeated, because a line that arrives twice
 * corrupts a counter. The others never left, so they are retryable. Data that the kernel accepted and the server did not
 * read is lost without notice.
 */
export class StreamTransport implements PacketTransport {
  readonly address: string;
  readonly maxPacketBytes: number;
  /** The kernel reports when the server cannot keep up. */
  readonly maxBurstPackets: number = Number.POSITIVE_INFINITY;
  readonly #options: StreamTransportOptions;
  readonly #connectOptions: NetConnectOpts;
  readonly #random: () => number;
  readonly #backoff: Backoff;
  #connection: StreamConnection | undefined;
  readonly #queue: QueuedPacket[] = [];
  #retryTimer: NodeJS.Timeout | undefined;
  /** Callbacks that were called in this outage. */
  readonly #reported = new Set<(error: Error) => void>();
  /** Completes the calls of {@link connect} that wait. */
  readonly #waiting = new Set<() => void>();
  /** Until then a caller does not wait, because a finished process has waited already. */
  #noWaitUntil = 0;
  #closed = false;

  constructor(options: StreamTransportOptions) {
    const { address, random = Math.random } = options;
    this.#options = options;
    this.#random = random;
    this.#backoff = new Backoff({ initial: FIRST_RETRY_MS, max: MAX_RETRY_MS, jitter: true, random });
    this.maxPacketBytes = options.maxPacketBytes ?? DEFAULT_PACKET_BYTES;
    if ('path' in address) {
      this.address = address.path;
      this.#connectOptions = { path: address.path };
    } else {
      this.address = `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
      this.#connectOptions = {
        ...address,
        lookup: staleOnErrorLookup(options.lookup, (error) => this.#reportOnce(options.onResolveFailure, error)),
        autoSelectFamily: true,
        noDelay: true,
        keepAlive: true,
        keepAliveInitialDelay: KEEP_ALIVE_MS,
      };
    }
    this.#connect();
  }

  get ready(): boolean {
    return this.#connection?.isOpen === true && !this.#closed;
  }

  /** A little longer than a server may read nothing, after which the connection ends and decides. */
  get sendTimeout(): number {
    return (this.#options.stallTimeout ?? DEFAULT_STALL_TIMEOUT) + 1000;
  }

  get congested(): boolean {
    return this.#queue.length > 0;
  }

  send(packet: Uint8Array, done: (error: Error | undefined, retryable: boolean) => void): void {
    if (!this.ready) return done(new Error(`There is no connection to ${this.address}.`), true);
    this.#queue.push({ packet, done });
    if (this.#queue.length === 1) this.#write();
  }

  connect(): Promise<boolean> {
    if (this.ready || this.#closed || performance.now() < this.#noWaitUntil) return Promise.resolve(this.ready);
    if (this.#connection === undefined) this.#connect();
    return new Promise((resolve) => {
      const complete = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(complete);
        resolve(this.ready);
      };
      // Keeps the process alive, because a caller waits.
      const timer = setTimeout(complete, WAIT_TIMEOUT);
      alsoInRealTime(complete, WAIT_TIMEOUT);
      this.#waiting.add(complete);
    });
  }

  /** The server sees the end after the last packet. A packet that the kernel has not accepted is lost. */
  close(): void {
    if (this.#closed) return;
    const isIdle = this.ready && this.#queue.length === 0;
    this.#closed = true;
    clearTimeout(this.#retryTimer);
    this.#completeWaiting();
    if (isIdle) this.#connection?.end();
    else this.#connection?.destroy();
  }

  #connect(): void {
    clearTimeout(this.#retryTimer);
    const { framing, connectTimeout, stallTimeout } = this.#options;
    try {
      const connection: StreamConnection = new StreamConnection(this.#connectOptions, {
        address: this.address,
        framing,
        connectTimeout: connectTimeout ?? DEFAULT_CONNECT_TIMEOUT,
        stallTimeout: stallTimeout ?? DEFAULT_STALL_TIMEOUT,
        onConnect: () => this.#completeWaiting(),
        onEnd: (error, wasStable) => this.#onEnd(error, wasStable, connection.isWriting),
        onProcessFinished: () => {
          this.#noWaitUntil = performance.now() + WAIT_TIMEOUT;
        },
      });
      this.#connection = connection;
    } catch (error) {
      // On a later tick, as other failures.
      setImmediate(() => this.#onEnd(error as Error, false, false));
    }
  }

  /** @param partWritten whether a part of the first packet may have left. */
  #onEnd(error: Error, wasStable: boolean, partWritten: boolean): void {
    this.#connection = undefined;
    this.#queue.splice(0).forEach(({ done }, index) => done(error, !(partWritten && index === 0)));
    this.#completeWaiting();
    if (this.#closed) return;
    if (wasStable) {
      this.#backoff.reset();
      this.#reported.clear();
    }
    const wait = wasStable ? RECONNECT_MS * this.#random() : this.#backoff.next();
    this.#retryTimer = setTimeout(() => this.#connect(), wait).unref();
    // Last, because the callback may close this transport.
    if (!wasStable && !(error instanceof ResolveError)) this.#reportOnce(this.#options.onDown, error);
  }

  /** Writes packet after packet, as long as the kernel accepts all of one immediately. */
  #write(): void {
    while (this.#queue.length > 0 && this.ready) {
      const isWritten = this.#connection!.write(this.#queue[0]!.packet, () => {
        this.#completeFirst();
        this.#write();
      });
      if (!isWritten) return;
      this.#completeFirst();
    }
  }

  #completeFirst(): void {
    this.#queue.shift()!.done(undefined, false);
  }

  #reportOnce(report: ((error: Error) => void) | undefined, error: Error): void {
    if (report === undefined || this.#reported.has(report) || this.#closed) return;
    this.#reported.add(report);
    report(error);
  }

  #completeWaiting(): void {
    for (const complete of this.#waiting) complete();
  }
}
