// Datagram sockets, which the transport of hot-shots opens.
import { udsErrors } from 'hot-shots/lib/constants.js';
import createTransport from 'hot-shots/lib/transport.js';
import { loadUnixDgram } from './unix-dgram.js';

export type SocketAddress =
  | { readonly protocol: 'udp'; readonly host: string; readonly port: number }
  | { readonly protocol: 'uds'; readonly path: string };

export type PacketError = Error & { readonly code?: string | number };

type Transport = NonNullable<ReturnType<typeof createTransport>>;

/**
 * A socket of hot-shots that sends whole packets. A Unix socket that lost its server is replaced, and one that could not
 * be connected is created by the next packet. No other file uses hot-shots, and this one uses only its sockets.
 */
export class HotShotsClient {
  readonly #address: SocketAddress;
  /**
   * Null while a Unix socket cannot be connected, and after `close`. Each transport is closed once: the process aborts if a
   * native socket is closed again.
   */
  #transport: Transport | null;
  /** The error of the last attempt to create a transport. */
  #failure: unknown;
  #inFlight = 0;
  #closing = false;

  /**
   * @param address a literal IP address, so that no name is resolved for a packet and a packet can be sent at process exit.
   * @throws {Error} if the protocol is `uds` and the native package `unix-dgram` is missing.
   */
  constructor(address: SocketAddress) {
    this.#address = address;
    if (address.protocol === 'uds') requireUnixDgram();
    this.#transport = this.#create();
  }

  /** Calls `done` when the kernel accepted or refused the packet, whose bytes must not change until then. Never throws. */
  send(packet: Uint8Array, done: (error: PacketError | undefined) => void): void {
    if (!this.#closing) this.#transport ??= this.#create();
    const transport = this.#transport;
    if (transport === null) {
      done(
        this.#closing
          ? new Error('The socket is closed')
          : packetError('The socket could not be created', this.#failure),
      );
      return;
    }
    let called = false;
    const onSent = (error?: unknown): void => {
      if (called) return;
      called = true;
      this.#inFlight -= 1;
      if (error) this.#replaceIfLost(transport, error);
      done(error ? packetError('The packet could not be sent', error) : undefined);
      if (this.#closing && this.#inFlight === 0) this.#closeSocket();
    };
    this.#inFlight += 1;
    try {
      transport.send(Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength), onSent);
    } catch (error) {
      onSent(error);
    }
  }

  /** Closes the socket after the last callback. */
  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    if (this.#inFlight === 0) this.#closeSocket();
  }

  #create(): Transport | null {
    const owner = { errorHandler: (error: unknown) => (this.#failure = error) };
    const address = this.#address;
    // The packet queue retries. The retries of hot-shots would keep the process alive and pile up.
    return createTransport(
      owner,
      address.protocol === 'udp' ? address : { ...address, udsRetryOptions: { retries: 0 } },
    );
  }

  /** Replaces a Unix socket whose server ended. It stays in use until another can be connected. */
  #replaceIfLost(transport: Transport, error: unknown): void {
    if (this.#closing || this.#address.protocol !== 'uds' || this.#transport !== transport) return;
    if (!udsErrors().includes((error as PacketError).code!)) return;
    const replacement = this.#create();
    if (replacement === null) return;
    this.#transport = replacement;
    closeQuietly(transport);
  }

  #closeSocket(): void {
    const transport = this.#transport;
    this.#transport = null;
    // On a later tick: the native socket must not be closed from its own callback.
    if (transport !== null) setImmediate(() => closeQuietly(transport));
  }
}

function closeQuietly(transport: Transport): void {
  try {
    transport.close();
  } catch {
    // The runtime closed it already, or the system failed to.
  }
}

function requireUnixDgram(): void {
  try {
    loadUnixDgram();
  } catch (cause) {
    throw new Error(
      'Datagrams to a Unix socket need the native package unix-dgram, which is not installed or was not built: run `npm install unix-dgram`, with a C++ compiler present.',
      { cause },
    );
  }
}

/** Returns an error of this realm: those of native code, and of Node in a test environment, are not an `instanceof Error`. */
function packetError(message: string, cause: unknown): PacketError {
  const { message: reason, code } = cause as PacketError;
  return Object.assign(new Error(`${message}: ${reason}`, { cause }), code !== undefined && { code });
}
