import type { Outlet, SampleAccounting } from '@metrics/aggregation';
import type { PacketTransport } from './transport/packet-transport.js';

/** A quarter of what Linux queues for a UDP socket by default (twelve packets of 8192 bytes, with their overhead). */
const BURST_BYTES = 24_000;
/** A server written in JavaScript parses as many in the pause between two bursts, before its code is optimised. */
const BURST_LINES = 400;
/** PacketQueue that wait for their callback. */
const MAX_IN_FLIGHT = 64;
const SPARE_BUFFERS = 8;
const FIRST_RETRY = 5;
const LONGEST_RETRY = 1000;
/** While somebody waits: a reader that was behind for most of their patience is asked again in time. */
const REQUESTED_RETRY = 50;
/** Milliseconds for which a request waits for a transport that is down. */
const WAIT_TIMEOUT = 1000;

interface Packet {
  readonly buffer: Buffer;
  length: number;
  samples: number;
}

export interface PacketQueueOptions {
  readonly transport: PacketTransport;
  readonly accounting: SampleAccounting;
  /** Called with the first of several failures in a row; `held` when the packets are kept and offered again. */
  readonly onFailure: (error: Error, held: boolean) => void;
}

export interface PacketCounts {
  /** Handed over without an error. */
  readonly packets: number;
  readonly bytes: number;
  /** Failed in the transport, or were lost with a connection. */
  readonly packetsDropped: number;
  readonly bytesDropped: number;
  /** Not sent when the deadline of a close came. */
  readonly packetsAbandoned: number;
  readonly bytesAbandoned: number;
}

/**
 * Lines into packets, packets into the transport. Counts what comes back, keeps what was refused and offers it again, so
 * that nothing is written while the transport is down and the columns go on merging. A little long, because a packet is
 * in one of four states and they are kept together.
 */
export class PacketQueue implements Outlet {
  readonly #transport: PacketTransport;
  readonly #accounting: SampleAccounting;
  readonly #onFailure: (error: Error, held: boolean) => void;
  #open: Packet | undefined;
  readonly #spare: Buffer[] = [];
  readonly #inFlight = new Set<Packet>();
  /** Refused packets, oldest first. */
  #retryQueue: Packet[] = [];
  #retryTimer: NodeJS.Timeout | undefined;
  #retryWait = FIRST_RETRY;
  #failing = false;
  /** The last packet that came back was refused: until another was taken, the columns go on merging. */
  #refused = false;
  #abandoned = false;
  #waiting: (() => void)[] = [];
  #burstBytes = 0;
  #burstPackets = 0;
  #burstLines = 0;
  readonly #counts = {
    packets: 0,
    bytes: 0,
    packetsDropped: 0,
    bytesDropped: 0,
    packetsAbandoned: 0,
    bytesAbandoned: 0,
  };

  constructor(options: PacketQueueOptions) {
    this.#transport = options.transport;
    this.#accounting = options.accounting;
    this.#onFailure = options.onFailure;
  }

  /** What became of packets so far. Those in the air or held are in none of the figures. */
  get counts(): PacketCounts {
    return { ...this.#counts };
  }

  get ready(): boolean {
    return (
      this.#transport.ready && !this.#refused && this.#retryQueue.length === 0 && this.#inFlight.size < MAX_IN_FLIGHT
    );
  }

  get burstFull(): boolean {
    return (
      this.#transport.congested === true ||
      this.#burstBytes >= BURST_BYTES ||
      this.#burstLines >= BURST_LINES ||
      this.#burstPackets >= this.#transport.maxBurstPackets
    );
  }

  beginBurst(): void {
    this.#burstBytes = 0;
    this.#burstPackets = 0;
    this.#burstLines = 0;
  }

  /** The buffer that the last reserved bytes are in. */
  get buffer(): Uint8Array {
    return this.#open!.buffer;
  }

  /** Makes room for `length` bytes in one packet and answers where they begin, or -1 when no packet is that long. */
  reserve(length: number): number {
    const limit = this.#transport.maxPacketBytes;
    if (length > limit) return -1;
    if (this.#open !== undefined && this.#open.length + length > limit) this.finish();
    this.#open ??= { buffer: this.#spareBuffer(limit), length: 0, samples: 0 };
    return this.#open.length;
  }

  /** The reserved bytes were written; they stand for `samples`. */
  commit(length: number, samples: number): void {
    this.#open!.length += length;
    this.#open!.samples += samples;
    this.#burstLines += 1;
  }

  /** Sends the open packet. */
  finish(): void {
    const packet = this.#open;
    if (packet === undefined) return;
    this.#open = undefined;
    this.#burstBytes += packet.length;
    this.#burstPackets += 1;
    // One that was begun before the transport went down must not overtake the held ones.
    if (this.#retryQueue.length > 0) this.#retryQueue.push(packet);
    else this.#send(packet);
  }

  /** Resolves when every packet came back, or is held. */
  settled(): Promise<void> {
    if (this.#inFlight.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Offers held packets again now. Resolves with whether more can be written, within about a second. */
  async whenReady(): Promise<boolean> {
    if (!this.#transport.ready && !(await this.#transport.connect())) return false;
    const ends = performance.now() + WAIT_TIMEOUT;
    let nextOffer = 0;
    while (!this.#abandoned && performance.now() < ends) {
      if (performance.now() >= nextOffer) {
        this.#retry();
        nextOffer = performance.now() + REQUESTED_RETRY;
      }
      if (this.ready) return true;
      // Keeps the process alive: somebody waits.
      await new Promise((resolve) => setTimeout(resolve, FIRST_RETRY));
    }
    return this.ready;
  }

  /** For a drain at the exit of the process, before it begins: nothing waits for an event that will not come. */
  prepareForExit(): void {
    this.#transport.prepareForExit?.();
    this.#refused = false;
  }

  /** Loses what is open, held or not called back yet. */
  dropUnsent(reason: string): void {
    this.#abandoned = true;
    clearTimeout(this.#retryTimer);
    const lost = [...this.#inFlight, ...this.#retryQueue];
    if (this.#open !== undefined) lost.push(this.#open);
    this.#open = undefined;
    this.#retryQueue = [];
    this.#inFlight.clear();
    for (const { length, samples } of lost) {
      this.#counts.packetsAbandoned += 1;
      this.#counts.bytesAbandoned += length;
      this.#accounting.dropInFlight(samples, reason);
    }
    this.#wake();
  }

  #send(packet: Packet): void {
    this.#inFlight.add(packet);
    this.#transport.send(packet.buffer.subarray(0, packet.length), (error, refused) => {
      // Abandoned.
      if (!this.#inFlight.delete(packet)) return;
      if (error === undefined) this.#succeeded(packet);
      else if (refused) this.#hold(packet, error);
      else this.#fail(packet, error);
      if (this.#inFlight.size === 0) this.#wake();
    });
  }

  #succeeded(packet: Packet): void {
    this.#failing = false;
    this.#refused = false;
    this.#retryWait = FIRST_RETRY;
    this.#counts.packets += 1;
    this.#counts.bytes += packet.length;
    this.#accounting.confirmSent(packet.samples);
    this.#recycle(packet);
  }

  #fail(packet: Packet, error: Error): void {
    this.#refused = false;
    this.#counts.packetsDropped += 1;
    this.#counts.bytesDropped += packet.length;
    this.#accounting.dropInFlight(packet.samples, 'send_failed');
    this.#recycle(packet);
    this.#reportFirstFailure(error, false);
  }

  #hold(packet: Packet, error: Error): void {
    this.#retryQueue.push(packet);
    this.#refused = true;
    if (this.#retryTimer === undefined) {
      this.#retryTimer = setTimeout(() => this.#retry(), this.#retryWait).unref();
      this.#retryWait = Math.min(this.#retryWait * 2, LONGEST_RETRY);
    }
    // A reader that is a little behind is no problem worth telling, and a transport that lost its connection tells itself.
    if (this.#retryWait > 100 && this.#transport.ready) this.#reportFirstFailure(error, true);
  }

  #reportFirstFailure(error: Error, held: boolean): void {
    if (this.#failing) return;
    this.#failing = true;
    this.#onFailure(error, held);
  }

  /** Offers the held packets in order, until one is refused again. */
  #retry(): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    const held = this.#retryQueue;
    this.#retryQueue = [];
    for (const packet of held) {
      if (this.#retryQueue.length > 0) this.#retryQueue.push(packet);
      else this.#send(packet);
    }
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #spareBuffer(length: number): Buffer {
    for (;;) {
      const buffer = this.#spare.pop() ?? Buffer.allocUnsafeSlow(length);
      // The limit changes with the address.
      if (buffer.length === length) return buffer;
    }
  }

  #recycle(packet: Packet): void {
    if (this.#spare.length < SPARE_BUFFERS) this.#spare.push(packet.buffer);
  }
}
