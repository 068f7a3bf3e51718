import { connect } from 'node:net';
import { type PacketTransport, StreamTransport, UdsTransport } from '@metrics/statsd/wire';

export interface UnixTransportOptions {
  readonly path: string;
  readonly maxPacketBytes: number | undefined;
  readonly onDown: (error: Error) => void;
}

/**
 * A Unix socket that takes datagrams or streams: where a datagram is refused, a stream is tried, and where a stream ends,
 * datagrams. Without the native package for datagrams it is a stream.
 */
export class UnixTransport implements PacketTransport {
  readonly #options: UnixTransportOptions;
  #current: PacketTransport;
  #isTrying = false;
  #closed = false;

  constructor(options: UnixTransportOptions) {
    this.#options = options;
    this.#current = this.#datagrams() ?? this.#stream();
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

  get maxPacketBytes(): number {
    return this.#current.maxPacketBytes;
  }

  get maxBurstPackets(): number {
    return this.#current.maxBurstPackets;
  }

  send(packet: Uint8Array, done: (error: Error | undefined, refused: boolean) => void): void {
    this.#current.send(packet, (error, refused) => {
      if (error !== undefined && !this.isStream) this.#tryStream();
      done(error, refused);
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

  /** Undefined without the native package. */
  #datagrams(): PacketTransport | undefined {
    try {
      return new UdsTransport(this.#options);
    } catch {
      return undefined;
    }
  }

  #stream(): PacketTransport {
    const { path, maxPacketBytes, onDown } = this.#options;
    const stream: PacketTransport = new StreamTransport({
      address: { path },
      framing: 'length32',
      maxPacketBytes,
      onResolveFailure: () => {},
      onDown: (error) => {
        onDown(error);
        const datagrams = this.#current === stream ? this.#datagrams() : undefined;
        if (datagrams !== undefined) this.#become(datagrams);
      },
    });
    return stream;
  }

  /** Connects once: a socket for datagrams refuses that, as does none. */
  #tryStream(): void {
    if (this.#isTrying || this.#closed) return;
    this.#isTrying = true;
    const socket = connect(this.#options.path).unref();
    socket.on('connect', () => {
      socket.destroy();
      if (!this.#closed && !this.isStream) this.#become(this.#stream());
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#isTrying = false;
    });
  }

  #become(transport: PacketTransport): void {
    const former = this.#current;
    this.#current = transport;
    former.close();
  }
}
