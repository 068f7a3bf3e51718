// One connection of a stream transport.
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { isProcessFinished } from './finished-process.js';

/** A connection that ends sooner counts as failed: a proxy whose server is down accepts connections and closes them. */
const MIN_UPTIME_MS = 1000;
/** How long a closed connection waits until the server closes it, too. */
const CLOSE_GRACE_MS = 1000;
/** How long a process that has nothing else to do waits for a connection, and for a server that reads nothing. */
const FINISHED_CONNECT_WAIT_MS = 800;
const FINISHED_WRITE_WAIT_MS = 500;
const FINISHED_CHECK_MS = 50;

export interface StreamConnectionOptions {
  /** The address of the server, for messages. */
  readonly address: string;
  /**
   * The separation of packets: the newlines that end them, or the length that precedes each, as 32 bits in little-endian order,
   * as the Datadog Agent reads a stream.
   */
  readonly framing: 'newline' | 'length32';
  /** Milliseconds. */
  readonly connectTimeout: number;
  /** Milliseconds for which the server may read nothing. */
  readonly stallTimeout: number;
  readonly onConnect: () => void;
  /** Called once, with whether the connection had been open for a while. */
  readonly onEnd: (error: Error, wasStable: boolean) => void;
  /** Called before {@link onEnd} if the connection only kept a finished process alive. */
  readonly onProcessFinished: () => void;
}

/** One connection to a server. It passes one packet at a time to the kernel, and ends if the server stops reading. */
export class StreamConnection {
  readonly #options: StreamConnectionOptions;
  readonly #socket: Socket;
  #error: Error | undefined;
  #connectedAt = Number.POSITIVE_INFINITY;
  /** Runs while the kernel has accepted only a part of a packet. */
  #stallTimer: NodeJS.Timeout | undefined;
  #timedOut = false;
  /** Runs while the process cannot end: until the connection is open, and while the server does not read. */
  #finishedTimer: NodeJS.Timeout | undefined;

  /** @throws {Error} if the system or the runtime refuses to open a socket. */
  constructor(server: NetConnectOpts, options: StreamConnectionOptions) {
    this.#options = options;
    const { address, connectTimeout } = options;
    const socket = connect(server).unref();
    this.#socket = socket;
    this.#watchForFinishedProcess(FINISHED_CONNECT_WAIT_MS);
    const connectTimer = setTimeout(() => {
      socket.destroy(new Error(`${address} did not accept the connection within ${connectTimeout} milliseconds.`));
    }, connectTimeout).unref();
    socket.on('connect', () => {
      clearTimeout(connectTimer);
      this.#stopWatching();
      this.#connectedAt = performance.now();
      options.onConnect();
    });
    socket.on('error', (error) => {
      this.#error = error;
    });
    socket.on('close', () => {
      clearTimeout(connectTimer);
      clearTimeout(this.#stallTimer);
      this.#stopWatching();
      const wasStable = performance.now() - this.#connectedAt >= MIN_UPTIME_MS && !this.#timedOut;
      options.onEnd(this.#error ?? new Error(`${address} ended the connection.`), wasStable);
    });
    // Nothing that the server sends is used, but its end is noticed only while the socket is read.
    socket.resume();
  }

  get isOpen(): boolean {
    return this.#socket.readyState === 'open';
  }

  /** True while the kernel has accepted only a part of a packet, and after the connection ended in that state. */
  get isWriting(): boolean {
    return this.#stallTimer !== undefined;
  }

  /**
   * Writes a packet. Returns true if the kernel accepted all of it immediately. Otherwise, `onWritten` is called when it
   * has; it never is if the connection ends before.
   */
  write(packet: Uint8Array, onWritten: () => void): boolean {
    const socket = this.#socket;
    const { address, framing, stallTimeout } = this.#options;
    let isWaiting = false;
    const onFlushed = (error?: Error | null): void => {
      // A destroyed socket calls back without an error. The end of the connection decides about the packet.
      if (!isWaiting || error || socket.destroyed) return;
      clearTimeout(this.#stallTimer);
      this.#stopWatching();
      this.#stallTimer = undefined;
      onWritten();
    };
    if (framing === 'newline') socket.write(packet, onFlushed);
    else writeWithLength(socket, packet, onFlushed);
    // Nothing of the packet left; the connection ends on a later tick.
    if (socket.errored !== null) return false;
    if (socket.writableLength === 0) return true;
    isWaiting = true;
    this.#watchForFinishedProcess(FINISHED_WRITE_WAIT_MS);
    this.#stallTimer = setTimeout(() => {
      this.#timedOut = true;
      socket.destroy(new Error(`${address} has read nothing for ${stallTimeout} milliseconds.`));
    }, stallTimeout).unref();
    return false;
  }

  /** Ends the connection after the last packet, and destroys it if the server does not end it as well. */
  end(): void {
    const socket = this.#socket;
    socket.end();
    const timer = setTimeout(() => socket.destroy(), CLOSE_GRACE_MS).unref();
    socket.once('close', () => clearTimeout(timer));
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Ends the connection if, after this time, nothing but it keeps the process alive. */
  #watchForFinishedProcess(wait: number): void {
    const since = performance.now();
    const timer = setInterval(() => {
      if (performance.now() - since < wait || !isProcessFinished()) return;
      // After the event loop was blocked, the events of the socket come later than timers.
      setImmediate(() => {
        if (this.#finishedTimer === timer) this.#endWithProcess();
      });
    }, FINISHED_CHECK_MS).unref();
    this.#finishedTimer = timer;
  }

  #stopWatching(): void {
    clearInterval(this.#finishedTimer);
    this.#finishedTimer = undefined;
  }

  #endWithProcess(): void {
    this.#timedOut = true;
    this.#options.onProcessFinished();
    this.#socket.destroy(new Error(`${this.#options.address} did not respond before the process was finished.`));
  }
}

/** Sends length and payload together. */
function writeWithLength(socket: Socket, packet: Uint8Array, onFlushed: (error?: Error | null) => void): void {
  const length = Buffer.allocUnsafe(4);
  length.writeUInt32LE(packet.length);
  socket.cork();
  socket.write(length);
  socket.write(packet, onFlushed);
  socket.uncork();
}
