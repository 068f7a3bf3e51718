// Datagram sockets, which hot-shots opens.
import { StatsD } from 'hot-shots';

/** The members of a hot-shots client that are used. They are public but not typed, so a test detects a change. */
interface PacketClient {
  sendMessage(packet: Uint8Array, callback: (error?: Error | null) => void): void;
  /** Null while a Unix socket could not be connected. */
  readonly socket: { close(): void } | null;
}

export type SocketAddress =
  | { readonly protocol: 'udp'; readonly host: string; readonly port: number }
  | { readonly protocol: 'uds'; readonly path: string };

export type PacketError = Error & { readonly code?: string | number };

/**
 * A socket of hot-shots that sends whole packets. Its formatting, buffering, aggregation, tags, telemetry and environment
 * variables are all switched off. No other file uses hot-shots.
 */
export class HotShotsClient {
  readonly #client: PacketClient;
  #inFlight = 0;
  #closing = false;

  /**
   * @param address a literal IP address, so that no name is resolved for a packet and a packet can be sent at process exit.
   * @throws {Error} if the protocol is `uds` and the native package `unix-dgram` is missing.
   */
  constructor(address: SocketAddress) {
    let missing: Error | undefined;
    const client = new StatsD({
      ...address,
      maxBufferSize: 0,
      datadog: false,
      includeDataDogTags: false,
      includeDatadogTelemetry: false,
      originDetection: false,
      // The packet queue retries. These retries would keep the process alive and pile up.
      ...(address.protocol === 'uds' && { udsRetryOptions: { retries: 0 }, udsGracefulRestartRateLimit: 1 }),
      // Each failure is passed to the callback of the packet as well.
      errorHandler: (error) => {
        if (error.message.includes('library `unix_dgram`')) missing = error;
      },
    });
    this.#client = client as unknown as PacketClient;
    if (missing !== undefined) {
      throw new Error(
        'Datagrams to a Unix socket need the native package unix-dgram, which is not installed or was not built: run `npm install unix-dgram`, with a C++ compiler present.',
        { cause: missing },
      );
    }
  }

  send(packet: Uint8Array, done: (error: PacketError | undefined) => void): void {
    // A client without a socket opens one for a packet, and fails the packet nevertheless.
    let canRepeat = this.#client.socket === null;
    const onSent = (error?: Error | null): void => {
      if (error && canRepeat && this.#client.socket !== null) {
        canRepeat = false;
        this.#client.sendMessage(packet, onSent);
        return;
      }
      this.#inFlight -= 1;
      done(error ?? undefined);
      if (this.#closing && this.#inFlight === 0) this.#closeSocket();
    };
    this.#inFlight += 1;
    this.#client.sendMessage(packet, onSent);
  }

  /** Closes the socket after the last callback. The `close` of hot-shots is slow and does not close a failed socket. */
  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    if (this.#inFlight === 0) this.#closeSocket();
  }

  #closeSocket(): void {
    // On a later tick: the native socket must not be closed from its own callback.
    setImmediate(() => {
      try {
        this.#client.socket?.close();
      } catch {
        // It was closed already.
      }
    });
  }
}
