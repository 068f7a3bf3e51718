// The transport over UDP.
import type { PacketError } from './datagram-socket.js';
import { HotShotsClient } from './hot-shots-client.js';
import type { PacketTransport } from './packet-transport.js';
import { type Lookup, ResolvedHost } from './resolved-host.js';
import { mayListen } from './udp-listeners.js';
import { isLoopback, isOwnAddress, UdpProbe } from './udp-probe.js';

/**
 * Fits an Ethernet frame, IPv6 and tunnels included.
 *
 * @see https://github.com/statsd/statsd/blob/master/docs/metric_types.md#multi-metric-packets
 */
const REMOTE_PACKET_BYTES = 1432;
/** Loopback has no frames, but collectd reads less than 4096 bytes of a datagram and loses the rest. */
const LOOPBACK_PACKET_BYTES = 4000;
/** A server that was detected is assumed to listen for this time. */
const PROBE_VALID_FOR_MS = 20;
/** The same on another machine, whose report takes a while and is not certain. */
const REMOTE_PROBE_VALID_FOR_MS = 1000;
/** As for the other socket: a router between must notice a server that was replaced. */
const RENEW_PROBE_MS = 60_000;
/** How long a caller waits for the address of a name. */
const WAIT_TIMEOUT = 1000;
/** Errors after which another address of the name may work. */
const ADDRESS_ERRORS: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'EAFNOSUPPORT',
  'EACCES',
  'EPERM',
]);

/** Options of {@link UdpTransport}. */
export interface UdpTransportOptions {
  /** A name or an address. A name is resolved immediately, every minute, and when its address refuses. */
  readonly host: string;
  /** The port of the server. */
  readonly port: number;
  /** Bytes of the largest packet. @default `loopbackPacketBytes` to a loopback address, otherwise 1432 */
  readonly maxPacketBytes?: number | undefined;
  /** Bytes that the server reads of a datagram that no network limits. @default 4000 */
  readonly loopbackPacketBytes?: number | undefined;
  /** Called with the first failure of an outage to resolve the host name. */
  readonly onResolveFailure: (error: Error) => void;
  /** Resolves the host name, for tests. @default dns.lookup */
  readonly lookup?: Lookup | undefined;
}

type OnSent = (error: Error | undefined, retryable: boolean) => void;

interface WaitingPacket {
  readonly packet: Uint8Array;
  readonly done: OnSent;
}

/**
 * UDP to a literal address, or to the current address of a name.
 *
 * The first packet, and then one every twenty milliseconds (to another machine, every second), goes through a socket that
 * detects whether a server listens; later packets wait for its result. If no server listens, all of them are refused, so
 * that they are kept and retried. Another machine may refuse later, or never.
 */
export class UdpTransport implements PacketTransport {
  readonly maxBurstPackets = 28;
  readonly #options: UdpTransportOptions;
  readonly #host: ResolvedHost;
  #client: HotShotsClient | undefined;
  #isOwnAddress = false;
  #probe: UdpProbe | undefined;
  #renewProbeAt = 0;
  #probeValidUntil = 0;
  /** Whether the last probe found a server; undefined before the first. */
  #isHeard: boolean | undefined;
  /** The packet that the probe sent, then those that wait for its result. */
  #waiting: WaitingPacket[] = [];
  #maxPacketBytes: number;
  #isExiting = false;
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
    if (!this.ready) return done(new Error('There is no address to send to.'), true);
    if (this.#isExiting) return this.#sendAtExit(packet, done);
    if (this.#waiting.length > 0) {
      this.#waiting.push({ packet, done });
    } else if (performance.now() < this.#probeValidUntil) {
      this.#send({ packet, done });
    } else {
      this.#sendProbe({ packet, done });
    }
  }

  async connect(): Promise<boolean> {
    if (!this.ready && !this.#closed) await this.#host.resolveWithin(WAIT_TIMEOUT);
    return this.ready;
  }

  prepareForExit(): void {
    this.#isExiting = true;
    const [probed, ...others] = this.#waiting;
    this.#waiting = [];
    probed?.done(...this.#resultAtExit());
    for (const { packet, done } of others) this.#sendAtExit(packet, done);
  }

  /** Releases the socket. Further calls change nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#host.close();
    this.#refuseWaiting();
    this.#probe?.close();
    this.#client?.close();
  }

  #connectTo(host: string): void {
    this.#refuseWaiting();
    this.#client?.close();
    this.#probe?.close();
    this.#probe = undefined;
    this.#probeValidUntil = 0;
    this.#isHeard = undefined;
    const { port, maxPacketBytes, loopbackPacketBytes = LOOPBACK_PACKET_BYTES } = this.#options;
    this.#maxPacketBytes = maxPacketBytes ?? (isLoopback(host) ? loopbackPacketBytes : REMOTE_PACKET_BYTES);
    this.#isOwnAddress = isOwnAddress(host);
    this.#client = new HotShotsClient({ protocol: 'udp', host, port });
  }

  #send({ packet, done }: WaitingPacket): void {
    const client = this.#client!;
    client.send(packet, (error, retryable) => {
      if (error !== undefined && client === this.#client) this.#onRefused(error);
      done(error, retryable);
    });
  }

  #sendProbe(waiting: WaitingPacket): void {
    const probe = this.#openProbe();
    if (probe instanceof Error) {
      // Without a probe, a packet to this machine may be lost in silence.
      if (!this.#isOwnAddress) return this.#send(waiting);
      this.#onRefused(probe);
      waiting.done(probe, true);
    } else if (!probe.isConnected) {
      this.#send(waiting);
    } else {
      this.#waiting.push(waiting);
      probe.send(waiting.packet, (error) => this.#applyProbeResult(error));
    }
  }

  /** Returns the probe, a new one every minute, or the error if it cannot be opened. */
  #openProbe(): UdpProbe | PacketError {
    if (this.#probe !== undefined && performance.now() < this.#renewProbeAt) return this.#probe;
    try {
      const probe: UdpProbe = new UdpProbe({
        host: this.#host.address!,
        port: this.#options.port,
        onLateError: (error) => {
          if (probe === this.#probe) this.#onRefused(error);
        },
      });
      this.#probe?.close();
      this.#probe = probe;
      this.#renewProbeAt = performance.now() + RENEW_PROBE_MS;
      return probe;
    } catch (error) {
      return this.#probe ?? (error as PacketError);
    }
  }

  /** Completes the packet of the probe, and refuses or sends the packets that waited for it. */
  #applyProbeResult(error: PacketError | undefined): void {
    const [first, ...others] = this.#waiting;
    if (first === undefined) return;
    this.#waiting = [];
    if (error !== undefined && error.code !== 'EMSGSIZE') {
      this.#onRefused(error);
      for (const { done } of [first, ...others]) done(error, true);
      return;
    }
    this.#isHeard = true;
    this.#probeValidUntil = performance.now() + (this.#isOwnAddress ? PROBE_VALID_FOR_MS : REMOTE_PROBE_VALID_FOR_MS);
    first.done(error, false);
    for (const one of others) this.#send(one);
  }

  /** Forgets the probe that is running. Its packet has left; the others have not. */
  #refuseWaiting(): void {
    const [first, ...others] = this.#waiting;
    this.#waiting = [];
    first?.done(undefined, false);
    for (const { done } of others) done(new Error('The address has changed.'), true);
  }

  #onRefused(error: PacketError): void {
    this.#probeValidUntil = 0;
    if (!ADDRESS_ERRORS.has(error.code)) return;
    this.#isHeard = false;
    this.#host.leaveAddress();
  }

  /** Sends a packet whose result no event will bring. */
  #sendAtExit(packet: Uint8Array, done: OnSent): void {
    let failure: Error | undefined;
    this.#client!.send(packet, (error) => {
      failure = error;
    });
    if (failure === undefined) done(...this.#resultAtExit());
    else done(failure, false);
  }

  #resultAtExit(): [error: Error | undefined, retryable: false] {
    if ('Deno' in globalThis) return [new Error('Deno sends nothing after process.exit().'), false];
    const isLost = this.#isOwnAddress && !(this.#isHeard ?? mayListen(this.#options.port) ?? true);
    return [isLost ? new Error(`No server listens at ${this.address}.`) : undefined, false];
  }
}
