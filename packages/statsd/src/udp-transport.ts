import { HotShotsClient } from './hot-shots-client.js';
import type { PacketTransport } from './packet-transport.js';
import { type Lookup, ResolvedHost } from './resolved-host.js';

/** What fits an Ethernet frame, IPv6 and tunnels included. @see https://github.com/statsd/statsd/blob/master/docs/metric_types.md#multi-metric-packets */
const REMOTE_PACKET = 1432;
/** Loopback has no frames; servers read at most this. */
const LOOPBACK_PACKET = 8192;

export interface UdpTransportOptions {
  readonly host: string;
  readonly port: number;
  readonly maxPacketBytes: number | undefined;
  readonly onResolveFailure: (error: Error) => void;
  readonly lookup?: Lookup | undefined;
}

/** UDP to a literal address, or to the current address of a name. */
export class UdpTransport implements PacketTransport {
  readonly maxBurstPackets = 28;
  readonly #options: UdpTransportOptions;
  readonly #host: ResolvedHost;
  #client: HotShotsClient | undefined;

  constructor(options: UdpTransportOptions) {
    this.#options = options;
    this.#host = new ResolvedHost({
      host: options.host,
      lookup: options.lookup,
      onFailure: options.onResolveFailure,
      onAddress: (host) => {
        this.#client?.close();
        this.#client = new HotShotsClient({ protocol: 'udp', host, port: options.port });
      },
    });
  }

  get ready(): boolean {
    return this.#client !== undefined;
  }

  get address(): string | undefined {
    const host = this.#host.address;
    if (host === undefined) return undefined;
    return `${host.includes(':') ? `[${host}]` : host}:${this.#options.port}`;
  }

  get maxPacketBytes(): number {
    return this.#options.maxPacketBytes ?? (isLoopback(this.#host.address) ? LOOPBACK_PACKET : REMOTE_PACKET);
  }

  send(packet: Uint8Array, done: (error: Error | undefined, refused: boolean) => void): void {
    // A datagram that failed may have left, or will never fit: it is not offered again.
    this.#client!.send(packet, (error) => done(error, false));
  }

  connect(): Promise<boolean> {
    return this.ready ? Promise.resolve(true) : this.#host.resolve();
  }

  close(): void {
    this.#host.close();
    this.#client?.close();
  }
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(127\.|::1$|::ffff:127\.)/i.test(address);
}
