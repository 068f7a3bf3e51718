// The outlet of a drain: lines into packets, packets to a transport, failures and retries.
import { Backoff, type Outlet, type SampleAccounting } from '@metrics/aggregation';
import { pause } from '@metrics/core/backend';
import { Burst } from './burst.js';
import { PacketBuffers } from './packet-buffers.js';
import type { PacketCounts } from './packet-counts.js';
import { PacketsInFlight } from './packets-in-flight.js';
import type { PacketTransport } from './transport/packet-transport.js';

/** Number of packets that may wait for their callback. */
const MAX_IN_FLIGHT = 64;
const FIRST_RETRY_MS = 5;
const MAX_RETRY_MS = 500;
/** Refusals are reported after this time: a reader that is briefly too slow is not a problem. */
const UNREPORTED_MS = 75;
/** Pause between retries while a caller waits. */
const REQUESTED_RETRY_MS = 50;
/** Milliseconds for which a caller waits for a transport that is down. */
const WAIT_TIMEOUT = 1000;
/** Milliseconds that a transport has for a packet, unless it states another number. */
const DEFAULT_SEND_TIMEOUT = 1000;

interface Packet {
  readonly buffer: Buffer;
  length: number;
  samples: number;
}

export interface PacketQueueOptions {
  readonly transport: PacketTransport;
  readonly accounting: SampleAccounting;
  /** Called with the first of several failures in a row. */
  readonly onFailure: (error: Error, willRetry: boolean) => void;
  /** Called when a packet leaves after others were refused: what was kept meanwhile can follow. */
  readonly onRecovery?: (() => void) | undefined;
}

/**
 * Fills packets with lines and passes them to a transport. A packet is open, then in flight, then sent or lost; one that the
 * transport refused is kept and retried in order, and meanwhile nothing new is written, so that the buffer keeps merging.
 */
export class PacketQueue implements Outlet {
  /** Why the last packet did not leave; undefined after one did. */
  refusal: Error | undefined;
  readonly #transport: PacketTransport;
  readonly #accounting: SampleAccounting;
  readonly #options: PacketQueueOptions;
  readonly #burst = new Burst();
  #open: Packet | undefined;
  readonly #buffers = new PacketBuffers();
  readonly #inFlight: PacketsInFlight<Packet>;
  /** Refused packets, oldest first. */
  #retryQueue: Packet[] = [];
  #retryTimer: NodeJS.Timeout | undefined;
  readonly #backoff = new Backoff({ initial: FIRST_RETRY_MS, max: MAX_RETRY_MS });
  /** True after a packet was refused, until the transport accepts one or fails it for good. */
  #isBlocked = false;
  #blockedSince = 0;
  #failureReported = false;
  #closed = false;
  readonly #counts = {
    packets: 0,
    bytes: 0,
    packetsDropped: 0,
    bytesDropped: 0,
    packetsAbandoned: 0,
    bytesAbandoned: 0,
  };

  constructor(options: PacketQueueOptions) {
    const { transport } = (this.#options = options);
    this.#transport = transport;
    this.#accounting = options.accounting;
    const timeout = (): number => transport.sendTimeout ?? DEFAULT_SEND_TIMEOUT;
    this.#inFlight = new PacketsInFlight({ timeout, onOverdue: (packets) => this.#dropOverdue(packets) });
  }

  get counts(): PacketCounts {
    return { ...this.#counts };
  }

  get ready(): boolean {
    return (
      this.#transport.ready &&
      !this.#isBlocked &&
      this.#retryQueue.length === 0 &&
      this.#inFlight.size < MAX_IN_FLIGHT &&
      !this.#inFlight.isStalled
    );
  }

  get burstFull(): boolean {
    return this.#transport.congested === true || this.#burst.isFull(this.#transport.maxBurstPackets);
  }

  beginBurst(): void {
    this.#burst.begin();
  }

  /** The buffer of the bytes that were reserved last. */
  get buffer(): Uint8Array {
    return this.#open!.buffer;
  }

  /** Reserves bytes in one packet. Returns the index of the first, or -1 if no packet is that long. */
  reserve(length: number): number {
    const { maxPacketBytes } = this.#transport;
    if (length > maxPacketBytes) return -1;
    if (this.#open !== undefined && this.#open.length + length > maxPacketBytes) this.finish();
    this.#open ??= { buffer: this.#buffers.take(maxPacketBytes), length: 0, samples: 0 };
    return this.#open.length;
  }

  /** Adds a line of `samples` samples that was written into the reserved bytes. */
  commit(length: number, samples: number): void {
    this.#open!.length += length;
    this.#open!.samples += samples;
    this.#burst.addLine();
  }

  /** Sends the open packet. */
  finish(): void {
    const packet = this.#open;
    if (packet === undefined) return;
    this.#open = undefined;
    this.#burst.addPacket(packet.length);
    // A packet that was begun before the transport went down must not overtake the refused ones.
    if (this.#retryQueue.length > 0) this.#retryQueue.push(packet);
    else this.#send(packet);
  }

  /** @see {@link PacketsInFlight.settled} */
  settled(): Promise<void> {
    return this.#inFlight.settled();
  }

  /** Retries refused packets now. Resolves, within about a second, with whether more can be written. */
  async whenReady(): Promise<boolean> {
    if (!this.#transport.ready && !(await this.#transport.connect())) return false;
    const deadline = performance.now() + WAIT_TIMEOUT;
    let nextRetry = 0;
    // A server that reads nothing was waited for already.
    // The rounds are counted as well, for a clock that stands still in a test.
    for (let round = 0; round < WAIT_TIMEOUT / FIRST_RETRY_MS && performance.now() < deadline; round += 1) {
      if (this.#closed || this.#inFlight.isStalled) break;
      if (performance.now() >= nextRetry) {
        this.#retry();
        nextRetry = performance.now() + REQUESTED_RETRY_MS;
      }
      if (this.ready) return true;
      // Keeps the process alive.
      await pause(FIRST_RETRY_MS);
    }
    return this.ready;
  }

  /** Called before a synchronous drain at process exit, which cannot wait for events. */
  prepareForExit(): void {
    this.#transport.prepareForExit?.();
    this.#isBlocked = false;
    // Losses at exit are reported together.
    this.#failureReported = true;
  }

  /** Drops packets that are open, in flight or waiting for a retry. */
  dropUnsent(reason: string): void {
    this.#closed = true;
    clearTimeout(this.#retryTimer);
    const unsent = [...this.#inFlight.clear(), ...this.#retryQueue];
    if (this.#open !== undefined) unsent.push(this.#open);
    this.#open = undefined;
    this.#retryQueue = [];
    for (const { length, samples } of unsent) {
      this.#counts.packetsAbandoned += 1;
      this.#counts.bytesAbandoned += length;
      this.#accounting.dropInFlight(samples, reason);
    }
    this.#inFlight.completeIfEmpty();
  }

  #send(packet: Packet): void {
    const sentAt = this.#inFlight.add(packet);
    this.#transport.send(packet.buffer.subarray(0, packet.length), (error, retryable) => {
      // The packet was dropped meanwhile.
      if (!this.#inFlight.delete(packet)) return;
      if (error === undefined) this.#confirm(packet);
      else if (retryable) this.#scheduleRetry(packet, error, sentAt);
      else this.#drop(packet, error);
      this.#inFlight.completeIfEmpty();
    });
  }

  /** Their buffers may still be in use. */
  #dropOverdue(packets: readonly Packet[]): void {
    this.#isBlocked = false;
    for (const packet of packets) this.#countDropped(packet);
    this.#reportFirstFailure(new Error('The transport has no result for a packet.'), false);
  }

  #confirm(packet: Packet): void {
    const wasBlocked = this.#isBlocked;
    this.refusal = undefined;
    this.#failureReported = false;
    this.#isBlocked = false;
    this.#backoff.reset();
    this.#counts.packets += 1;
    this.#counts.bytes += packet.length;
    this.#accounting.confirmSent(packet.samples);
    this.#buffers.recycle(packet.buffer);
    if (wasBlocked) this.#options.onRecovery?.();
  }

  #drop(packet: Packet, error: Error): void {
    this.#isBlocked = false;
    this.#countDropped(packet);
    this.#buffers.recycle(packet.buffer);
    this.#reportFirstFailure(error, false);
  }

  #countDropped(packet: Packet): void {
    this.#counts.packetsDropped += 1;
    this.#counts.bytesDropped += packet.length;
    this.#accounting.dropInFlight(packet.samples, 'send_failed');
  }

  #scheduleRetry(packet: Packet, error: Error, sentAt: number): void {
    this.#retryQueue.push(packet);
    this.refusal = error;
    if (!this.#isBlocked) this.#blockedSince = sentAt;
    this.#isBlocked = true;
    this.#retryTimer ??= setTimeout(() => this.#retry(), this.#backoff.next()).unref();
    // A transport that lost its connection reports that itself.
    if (performance.now() - this.#blockedSince >= UNREPORTED_MS && this.#transport.ready)
      this.#reportFirstFailure(error, true);
  }

  #reportFirstFailure(error: Error, willRetry: boolean): void {
    if (!this.#failureReported) this.#options.onFailure(error, willRetry);
    this.#failureReported = true;
  }

  /** Sends refused packets in order, until one is refused again. */
  #retry(): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    const packets = this.#retryQueue;
    this.#retryQueue = [];
    for (const packet of packets) {
      if (this.#retryQueue.length > 0) this.#retryQueue.push(packet);
      else this.#send(packet);
    }
  }
}
