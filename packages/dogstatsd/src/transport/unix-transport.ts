// The transport to a Unix socket of unknown kind.
import { connect } from 'node:net';
import { type PacketTransport, StreamTransport, UdsTransport } from '@metrics/statsd/wire';

export interface UnixTransportOptions {
  readonly path: string;
  readonly maxPacketBytes: number | undefined;
  readonly onDown: (error: Error) => void;
}

/**
 * A Unix socket that takes datagrams or streams: if a datagram is refused, a stream is tried, and if a stream ends,
 * datagrams. Without the native package for datagrams it is a stream.
 */
export class UnixTransport implements PacketTransport {
  readonly #options: UnixTransportOptions;
  #current: PacketTransport;
  #isTryingStream = false;
  #closed = false;

  constructor(options: UnixTransportOptions) {
    this.#options = options;
    this.#current = this.#createDatagrams() ?? this.#createStream();
  }

  get isStream(): boolean {
    return this.#current instanceof StreamTransport;
  }

  get ready(): boolean {
    return this.#current.ready;
  }

  get address(): string | undefined {
    return this.#current.address;
  }

  get congested(): boolean {
    return this.#current.congested ?? false;
  }

  get sendTimeout(): number | undefined {
    return this.#current.sendTimeout;
  }

  get maxPacketBytes(): number {
    return this.#current.maxPacketBytes;
  }

  get maxBurstPackets(): number {
    return this.#current.maxBurstPackets;
  }

  send(packet: Uint8Array, done: (error: Error | undefined, retryable: boolean) => void): void {
    this.#current.send(packet, (error, retryable) => {
      if (error !== undefined && !this.isStream) this.#tryStream();
      done(error, retryable);
    });
  }

  connect(): Promise<boolean> {
    return this.#current.connect();
  }

  prepareForExit(): void {
    this.#current.prepareForExit?.();
  }

  close(): void {
    this.#closed = true;
    this.#current.close();
  }

  /** Returns undefined if the native package is missing. */
  #createDatagrams(): PacketTransport | undefined {
    try {
      return new UdsTransport(this.#options);
    } catch {
      return undefined;
    }
  }

  #createStream(): PacketTransport {
    const { path, maxPacketBytes, onDown } = this.#options;
    const stream: PacketTransport = new StreamTransport({
      address: { path },
      framing: 'length32',
      maxPacketBytes,
      onDown: (error) => {
        onDown(error);
        const datagrams = this.#current === stream ? this.#createDatagrams() : undefined;
        if (datagrams !== undefined) this.#switchTo(datagrams);
      },
    });
    return stream;
  }

  /** Tries to connect once, which only a stream socket accepts. */
  #tryStream(): void {
    if (this.#isTryingStream || this.#closed) return;
    this.#isTryingStream = true;
    const socket = connect(this.#options.path).unref();
    socket.on('connect', () => {
      socket.destroy();
      if (!this.#closed && !this.isStream) this.#switchTo(this.#createStream());
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#isTryingStream = false;
    });
  }

  #switchTo(transport: PacketTransport): void {
    const previous = this.#current;
    this.#current = transport;
    previous.close();
  }
}
