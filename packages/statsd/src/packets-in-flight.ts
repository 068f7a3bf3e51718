// The packets that a transport has, and their deadlines.

/** Milliseconds without a result after which a caller does not wait any longer. */
const STALL_MS = 500;
const STALL_CHECK_MS = 50;

export interface PacketsInFlightOptions<Packet> {
  /** Returns the milliseconds that a transport has for a packet. */
  readonly timeout: () => number;
  /** Called with the packets that a transport seems to have forgotten, oldest first. */
  readonly onOverdue: (packets: readonly Packet[]) => void;
}

/**
 * Packets without a result, oldest first. Each has a deadline, so that a transport that forgets one stops nothing. The time
 * of a packet begins with the result of the one before, because a slow reader takes one after the other.
 */
export class PacketsInFlight<Packet> {
  readonly #options: PacketsInFlightOptions<Packet>;
  /** With the time of sending. */
  readonly #packets = new Map<Packet, number>();
  #oldestSince = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #waiting = new Set<() => void>();

  constructor(options: PacketsInFlightOptions<Packet>) {
    this.#options = options;
  }

  get size(): number {
    return this.#packets.size;
  }

  /** True if no packet has got a result for a while. */
  get isStalled(): boolean {
    return this.#packets.size > 0 && performance.now() - this.#oldestSince >= STALL_MS;
  }

  add(packet: Packet): void {
    const now = performance.now();
    if (this.#packets.size === 0) {
      this.#oldestSince = now;
      if (this.#timer === undefined) this.#timer = setTimeout(() => this.#check(), this.#options.timeout()).unref();
      else this.#timer.refresh();
    }
    this.#packets.set(packet, now);
  }

  /** Returns false if the packet is not in flight any more. */
  delete(packet: Packet): boolean {
    const [oldest] = this.#packets.keys();
    if (!this.#packets.delete(packet)) return false;
    if (packet === oldest) this.#oldestSince = performance.now();
    return true;
  }

  /** Removes and returns all packets. */
  clear(): Packet[] {
    clearTimeout(this.#timer);
    const packets = [...this.#packets.keys()];
    this.#packets.clear();
    return packets;
  }

  /** Completes the calls of {@link settled} if no packet is in flight. */
  completeIfEmpty(): void {
    if (this.#packets.size > 0) return;
    for (const complete of this.#waiting) complete();
  }

  /** Resolves when no packet is in flight, or they are stalled. Keeps the process alive meanwhile. */
  settled(): Promise<void> {
    if (this.#packets.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const complete = (): void => {
        clearInterval(timer);
        this.#waiting.delete(complete);
        resolve();
      };
      const timer = setInterval(() => {
        if (this.#packets.size === 0 || this.isStalled) complete();
      }, STALL_CHECK_MS);
      this.#waiting.add(complete);
    });
  }

  #check(): void {
    // After the event loop was blocked, results come later than timers.
    setImmediate(() => {
      if (this.#packets.size === 0) return;
      const limit = performance.now() - this.#options.timeout();
      if (this.#oldestSince <= limit) this.#removeOverdue(limit);
      if (this.#packets.size > 0) this.#timer!.refresh();
    });
  }

  #removeOverdue(limit: number): void {
    const overdue: Packet[] = [];
    for (const [packet, sentAt] of this.#packets) {
      if (sentAt > limit) break;
      overdue.push(packet);
    }
    for (const packet of overdue) this.delete(packet);
    this.#options.onOverdue(overdue);
    this.completeIfEmpty();
  }
}
