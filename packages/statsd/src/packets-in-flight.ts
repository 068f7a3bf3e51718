// The packets that a transport has, and their deadlines.

/** Milliseconds without a result after which a caller does not wait any longer. */
const STALL_MS = 500;
const CHECK_MS = 100;
/**
 * Turns of the event loop in which a packet must have been without a result: on a machine that gives the process no time,
 * the time alone says nothing about the transport.
 */
const MIN_CHECKS = 4;

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
  /** How often the oldest packet was found without a result. */
  #checks = 0;
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
    return this.#hasWaited(STALL_MS);
  }

  /** Returns the time. */
  add(packet: Packet): number {
    const now = performance.now();
    if (this.#packets.size === 0) {
      this.#oldestSince = now;
      this.#checks = 0;
      if (this.#timer === undefined) this.#timer = setTimeout(() => this.#check(), CHECK_MS).unref();
      else this.#timer.refresh();
    }
    this.#packets.set(packet, now);
    return now;
  }

  /** Returns false if the packet is not in flight any more. */
  delete(packet: Packet): boolean {
    const [oldest] = this.#packets.keys();
    if (!this.#packets.delete(packet)) return false;
    if (packet === oldest) {
      this.#oldestSince = performance.now();
      this.#checks = 0;
    }
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
      }, CHECK_MS);
      this.#waiting.add(complete);
    });
  }

  #hasWaited(milliseconds: number): boolean {
    if (this.#packets.size === 0 || this.#checks < MIN_CHECKS) return false;
    return performance.now() - this.#oldestSince >= milliseconds;
  }

  #check(): void {
    // After the event loop was blocked, results come later than timers.
    setImmediate(() => {
      if (this.#packets.size === 0) return;
      this.#checks += 1;
      const timeout = this.#options.timeout();
      if (this.#hasWaited(timeout)) this.#removeOverdue(performance.now() - timeout);
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
