// The transport over UDP.
import { HotShotsClient } from './hot-shots-client.js';
import type { PacketTransport } from './packet-transport.js';
import { type Lookup, ResolvedHost } from './resolved-host.js';
import { isLoopback, isOwnAddress, UdpProbe } from './udp-probe.js';

/**
 * Fits an Ethernet frame, IPv6 and tunnels included.
 *
 * @see https://github.com/statsd/statsd/blob/master/docs/metric_types.md#multi-metric-packets
 */
const REMOTE_PACKET_BYTES = 1432;
/** Loopback has no frames, and servers read at most this. */
const LOOPBACK_PACKET_BYTES = 8192;
/** A server that was detected is assumed to listen for this time. */
const PROBE_VALID_FOR_MS = 20;
const EXIT_PROBE_VALID_FOR_MS = 1000;

export interface UdpTransportOptions {
  /** A name or an address. A name is resolved once, and again every minute. */
  readonly host: string;
  readonly port: number;
  /** @default 8192 to a loopback address, otherwise 1432 */
  readonly maxPacketBytes?: number | undefined;
  /** Called with the first failure of an outage to resolve the host name. */
  readonly onResolveFailure: (error: Error) => void;
  /** @default dns.lookup */
  readonly lookup?: Lookup | undefined;
}

interface WaitingPacket {
  readonly packet: Uint8Array;
  readonly done: (error: Error | undefined, retryable: boolean) => void;
}

/**
 * UDP to a literal address, or to the current address of a name.
 *
 * To an address of this machine, the first packet, and then one every twenty milliseconds, goes through a socket that
 * detects whether a server listens; later packets wait for its result. If no server listens, all of them are refused, so
 * that they are kept and retried. Remote hosts cannot be probed.
 */
export class UdpTransport implements PacketTransport {
  readonly maxBurstPackets = 28;
  readonly #options: UdpTransportOptions;
  readonly #host: ResolvedHost;
  #client: HotShotsClient | undefined;
  #probe: UdpProbe | undefined;
  /** The packet that the probe sent, then those that wait for its result. */
  #waiting: WaitingPacket[] = [];
  #probeValidUntil = 0;
  #maxPacketBytes: number;
  #closed = false;

  constructor(options: UdpTransportOptions) {
    this.#options = options;
    this.#maxPacketBytes = options.maxPacketBytes ?? REMOTE_PACKET_BYTES;
    this.#host = new ResolvedHost({
      host: options.host,
      lookup: options.lookup,
      onFailure: options.onResolveFailure,
      onAddress: (host) => this.#connectTo(host),
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

  /** Waiting packets are sent together, so no more than a burst of them may wait. */
  get congested(): boolean {
    return this.#waiting.length > 0;
  }

  /** Changes with the address. */
  get maxPacketBytes(): number {
    return this.#maxPacketBytes;
  }

  send(packet: Uint8Array, done: (error: Error | undefined, retryable: boolean) => void): void {
    if (this.#waiting.length > 0) {
      this.#waiting.push({ packet, done });
    } else if (this.#probe === undefined || performance.now() < this.#probeValidUntil) {
      this.#send({ packet, done });
    } else {
      this.#waiting.push({ packet, done });
      this.#probe.send(packet, (error) => this.#applyProbeResult(error));
    }
  }

  connect(): Promise<boolean> {
    return this.ready || this.#closed ? Promise.resolve(this.ready) : this.#host.resolve();
  }

  prepareForExit(): void {
    this.#applyProbeResult(undefined);
    this.#probeValidUntil = performance.now() + EXIT_PROBE_VALID_FOR_MS;
  }

  close(): void {
    this.#closed = true;
    this.#host.close();
    this.#applyProbeResult(undefined);
    this.#probe?.close();
    this.#probe = undefined;
    this.#client?.close();
  }

  #connectTo(host: string): void {
    this.#applyProbeResult(undefined);
    this.#client?.close();
    this.#probe?.close();
    const { port, maxPacketBytes } = this.#options;
    this.#maxPacketBytes = maxPacketBytes ?? (isLoopback(host) ? LOOPBACK_PACKET_BYTES : REMOTE_PACKET_BYTES);
    this.#client = new HotShotsClient({ protocol: 'udp', host, port });
    this.#probe = isOwnAddress(host) ? UdpProbe.to({ host, port }) : undefined;
    this.#probeValidUntil = 0;
  }

  #send({ packet, done }: WaitingPacket): void {
    // A datagram that failed may have left, or will never fit, so it is not retried.
    this.#client!.send(packet, (error) => done(error, false));
  }

  /** Completes the packet of the probe, and refuses or sends the packets that waited for it. */
  #applyProbeResult(error: (Error & { readonly code?: string }) | undefined): void {
    const [first, ...others] = this.#waiting;
    if (first === undefined) return;
    this.#waiting = [];
    if (error?.code === 'ECONNREFUSED') {
      first.done(error, true);
      for (const { done } of others) done(error, true);
      return;
    }
    this.#probeValidUntil = performance.now() + PROBE_VALID_FOR_MS;
    first.done(error, false);
    for (const one of others) this.#send(one);
  }
}
