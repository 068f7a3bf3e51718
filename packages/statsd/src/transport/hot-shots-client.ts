// Datagram sockets, which the transport of hot-shots opens.
import { udsErrors } from 'hot-shots/lib/constants.js';
import createTransport from 'hot-shots/lib/transport.js';
import { DatagramSocket, type OnSent, type PacketError, packetError } from './datagram-socket.js';
import { requireUnixDgram } from './unix-dgram.js';

export type SocketAddress =
  | { readonly protocol: 'udp'; readonly host: string; readonly port: number }
  | { readonly protocol: 'uds'; readonly path: string };

/** A router between keeps sending to a server that was replaced as long as packets come from the same port. */
const RENEW_UDP_MS = 60_000;
/** A Unix socket that is idle for so long is closed: the native package has no way to let the process end before. */
const MAX_IDLE_UDS_MS = 100;

/**
 * Sends whole packets through a socket of hot-shots, and replaces it: after an error, when its server is lost, and a UDP
 * socket once a minute. No other file uses hot-shots, and this one uses only its sockets.
 */
export class HotShotsClient {
  readonly #address: SocketAddress;
  /** Undefined while none could be created, and after `close`. */
  #socket: DatagramSocket | undefined;
  /** The socket before the current one, which still works, until the current one has sent a packet. */
  #previous: DatagramSocket | undefined;
  /** When a socket that works is replaced nevertheless. */
  #renewAt = Number.POSITIVE_INFINITY;
  /** The error of the last attempt to create a socket. */
  #failure: unknown;
  #idleTimer: NodeJS.Timeout | undefined;
  #closed = false;

  /**
   * @param address a literal IP address, so that no name is resolved for a packet and a packet can be sent at process exit.
   * @throws {Error} if the protocol is `uds` and the native package `unix-dgram` is missing or cannot be used.
   */
  constructor(address: SocketAddress) {
    this.#address = address;
    if (address.protocol === 'uds') requireUnixDgram();
    this.#socket = this.#create();
    this.#closeWhenIdle();
  }

  /** Calls `done` when the kernel accepted or refused the packet, whose bytes must not change until then. Never throws. */
  send(packet: Uint8Array, done: OnSent): void {
    if (this.#closed) return done(new Error('The socket is closed'), true);
    const socket = this.#usableSocket();
    if (socket === undefined) return done(packetError('The socket could not be created', this.#failure), true);
    this.#closeWhenIdle();
    socket.send(packet, (error, retryable) => {
      if (error !== undefined) this.#replaceIfLost(socket, error);
      if (this.#previous === undefined || socket !== this.#socket) return done(error, retryable);
      if (error === undefined || !retryable) {
        this.#closePrevious();
        return done(error, retryable);
      }
      // The new one could not be opened. The old one works until the next attempt.
      this.#socket = this.#previous;
      this.#previous = undefined;
      socket.close();
      this.#socket.send(packet, done);
    });
  }

  /** Closes the sockets after the last callback. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#idleTimer);
    this.#closePrevious();
    this.#socket?.close();
    this.#socket = undefined;
  }

  #closeWhenIdle(): void {
    if (this.#address.protocol !== 'uds') return;
    if (this.#idleTimer !== undefined) {
      this.#idleTimer.refresh();
      return;
    }
    this.#idleTimer = setTimeout(() => {
      if (this.#socket?.isIdle === false) return this.#closeWhenIdle();
      this.#socket?.close();
      this.#socket = undefined;
    }, MAX_IDLE_UDS_MS).unref();
  }

  #usableSocket(): DatagramSocket | undefined {
    const current = this.#socket;
    const works = current?.isBroken === false;
    if (works && performance.now() < this.#renewAt) return current;
    const replacement = this.#create();
    if (replacement === undefined && works) return current;
    this.#closePrevious();
    if (works) this.#previous = current;
    else current?.close();
    this.#socket = replacement;
    return replacement;
  }

  #create(): DatagramSocket | undefined {
    const address = this.#address;
    const isUdp = address.protocol === 'udp';
    if (isUdp) this.#renewAt = performance.now() + RENEW_UDP_MS;
    const owner = { errorHandler: (error: unknown) => (this.#failure = unwrap(error)) };
    // The packet queue retries. The retries of hot-shots would keep the process alive and pile up.
    const transport = createTransport(owner, isUdp ? address : { ...address, udsRetryOptions: { retries: 0 } });
    return transport === null ? undefined : new DatagramSocket(transport, isUdp);
  }

  /** Replaces a Unix socket whose server ended. It stays in use until another can be connected. */
  #replaceIfLost(socket: DatagramSocket, error: PacketError): void {
    if (this.#closed || this.#address.protocol !== 'uds' || this.#socket !== socket) return;
    if (!udsErrors().includes(error.code!)) return;
    const replacement = this.#create();
    if (replacement === undefined) return;
    this.#socket = replacement;
    socket.close();
  }

  #closePrevious(): void {
    this.#previous?.close();
    this.#previous = undefined;
  }
}

/** Returns the error that an emitter without a listener wrapped, because it is of another realm, as in Jest. */
function unwrap(error: unknown): unknown {
  const { code, context } = error as { readonly code?: unknown; readonly context?: unknown };
  return code === 'ERR_UNHANDLED_ERROR' && context ? context : error;
}
