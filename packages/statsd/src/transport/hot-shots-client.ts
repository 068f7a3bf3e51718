import { StatsD } from 'hot-shots';

/** What an untyped but public method of the client and its socket do. A test fails when an update changes them. */
interface PacketClient {
  sendMessage(packet: Uint8Array, callback: (error?: Error | null) => void): void;
  /** Missing while a Unix socket could not be connected. */
  readonly socket: { close(): void } | null;
}

export type SocketAddress =
  | { readonly protocol: 'udp'; readonly host: string; readonly port: number }
  | { readonly protocol: 'uds'; readonly path: string };

export type PacketError = Error & { readonly code?: string | number };

/**
 * The socket, owned by hot-shots. It is given whole packets; its formatting, buffering, aggregation, tags, telemetry and
 * environment variables are all switched off. The only file that knows it.
 */
export class HotShotsClient {
  readonly #client: PacketClient;
  #inFlight = 0;
  #closing = false;

  /**
   * @param address a literal IP address, so that nothing is resolved per packet and a send works at process exit.
   * @throws {Error} when a Unix socket is asked for and the native package is missing.
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
      // Congestion is retried by the packets' owner: these retries keep the process alive and pile up.
      ...(address.protocol === 'uds' && { udsRetryOptions: { retries: 0 }, udsGracefulRestartRateLimit: 1 }),
      // Each failure comes to the packet's callback as well.
      errorHandler: (error) => {
        if (error.message.includes('library `unix_dgram`')) missing = error;
      },
    });
    this.#client = client as unknown as PacketClient;
    if (missing !== undefined) {
      throw new Error(
        "protocol 'uds' needs the native package unix-dgram, which is not installed or was not built: run `npm install unix-dgram`, with a C++ compiler present.",
        { cause: missing },
      );
    }
  }

  send(packet: Uint8Array, done: (error: PacketError | undefined) => void): void {
    // A client without a socket makes one for a packet, and fails the packet nevertheless.
    let mayRepeat = this.#client.socket === null;
    const finished = (error?: Error | null): void => {
      if (error && mayRepeat && this.#client.socket !== null) {
        mayRepeat = false;
        this.#client.sendMessage(packet, finished);
        return;
      }
      this.#inFlight -= 1;
      done(error ?? undefined);
      if (this.#closing && this.#inFlight === 0) this.#closeSocket();
    };
    this.#inFlight += 1;
    this.#client.sendMessage(packet, finished);
  }

  /** Closes the socket when the last callback came; its own `close` takes its time and leaves a failed socket open. */
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
