import { HotShotsClient } from './hot-shots-client.js';
import type { PacketTransport } from './packet-transport.js';
import { type Lookup, ResolvedHost } from './resolved-host.js';
import { isLoopback, isOwnAddress, UdpProbe } from './udp-probe.js';

/** What fits an Ethernet frame, IPv6 and tunnels included. @see https://github.com/statsd/statsd/blob/master/docs/metric_types.md#multi-metric-packets */
const REMOTE_PACKET = 1432;
/** Loopback has no frames; servers read at most this. */
const LOOPBACK_PACKET = 8192;
/** Milliseconds for which a server that was there is taken to be there still. */
const CERTAINTY = 20;

export interface UdpTransportOptions {
  readonly host: string;
  readonly port: number;
  readonly maxPacketBytes: number | undefined;
  readonly onResolveFailure: (error: Error) => void;
  readonly lookup?: Lookup | undefined;
}

interface WaitingPacket {
  readonly packet: Uint8Array;
  readonly done: (error: Error | undefined, refused: boolean) => void;
}

/**
 * UDP to a literal address, or to the current address of a name.
 *
 * To an address of this machine the first packet, and then one every twenty milliseconds, goes through a socket that learns
 * whether somebody listens; the packets behind it wait for the verdict. Where nobody does, all are refused, so that they
 * are kept and offered again like those to a Unix socket. Nobody else's silence can be heard.
 */
export class UdpTransport implements PacketTransport {
  readonly maxBurstPackets = 28;
  readonly #options: UdpTransportOptions;
  readonly #host: ResolvedHost;
  #client: HotShotsClient | undefined;
  #probe: UdpProbe | undefined;
  /** The first one was sent by the probe; the others wait for its fate. */
  #waiting: WaitingPacket[] = [];
  #certainUntil = 0;
  #closed = false;

  constructor(options: UdpTransportOptions) {
    this.#options = options;
    this.#host = new ResolvedHost({
      host: options.host,
      lookup: options.lookup,
      onFailure: options.onResolveFailure,
      onAddress: (host) => this.#take(host),
    });
  }

  get ready(): boolean {
    return this.#client !== undefined && !this.#closed;
  }

  get address(): string | undefined {
    const host = this.#host.address;
    if (host === undefined) return undefined;
    return `${host.includes(':') ? `[${host}]` : host}:${this.#options.port}`;
  }

  /** What waits leaves in one go: it must not grow beyond a burst. */
  get congested(): boolean {
    return this.#waiting.length > 0;
  }

  get maxPacketBytes(): number {
    const { address } = this.#host;
    const isNear = address !== undefined && isLoopback(address);
    return this.#options.maxPacketBytes ?? (isNear ? LOOPBACK_PACKET : REMOTE_PACKET);
  }

  send(packet: Uint8Array, done: (error: Error | undefined, refused: boolean) => void): void {
    if (this.#waiting.length > 0) {
      this.#waiting.push({ packet, done });
    } else if (this.#probe === undefined || performance.now() < this.#certainUntil) {
      this.#send({ packet, done });
    } else {
      this.#waiting.push({ packet, done });
      this.#probe.send(packet, (error) => this.#decide(error));
    }
  }

  connect(): Promise<boolean> {
    return this.ready || this.#closed ? Promise.resolve(this.ready) : this.#host.resolve();
  }

  prepareForExit(): void {
    this.#decide(undefined);
    this.#certainUntil = performance.now() + 1000;
  }

  close(): void {
    this.#closed = true;
    this.#host.close();
    this.#decide(undefined);
    this.#probe?.close();
    this.#probe = undefined;
    this.#client?.close();
  }

  #take(host: string): void {
    this.#decide(undefined);
    this.#client?.close();
    this.#probe?.close();
    const { port } = this.#options;
    this.#client = new HotShotsClient({ protocol: 'udp', host, port });
    this.#probe = isOwnAddress(host) ? UdpProbe.to({ host, port }) : undefined;
    this.#certainUntil = 0;
  }

  #send({ packet, done }: WaitingPacket): void {
    // A datagram that failed may have left, or will never fit: it is not offered again.
    this.#client!.send(packet, (error) => done(error, false));
  }

  /** What the probe's packet met is what those behind it would have met. */
  #decide(error: (Error & { readonly code?: string }) | undefined): void {
    const [first, ...others] = this.#waiting;
    if (first === undefined) return;
    this.#waiting = [];
    if (error?.code === 'ECONNREFUSED') {
      first.done(error, true);
      for (const { done } of others) done(error, true);
      return;
    }
    this.#certainUntil = performance.now() + CERTAINTY;
    first.done(error, false);
    for (const one of others) this.#send(one);
  }
}
