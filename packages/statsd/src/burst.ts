// The size of a burst, after which a drain pauses.

/** A quarter of what Linux queues for a UDP socket by default: twelve packets of 8192 bytes, with their overhead. */
const MAX_BURST_BYTES = 24_000;
/** As many lines as a server written in JavaScript parses between two bursts before its code is optimized. */
const MAX_BURST_LINES = 400;

/** The size of what was sent since the last pause for the receiver. */
export class Burst {
  #bytes = 0;
  #packets = 0;
  #lines = 0;

  begin(): void {
    this.#bytes = 0;
    this.#packets = 0;
    this.#lines = 0;
  }

  addLine(): void {
    this.#lines += 1;
  }

  addPacket(bytes: number): void {
    this.#bytes += bytes;
    this.#packets += 1;
  }

  /** Returns true if a receiver's socket buffer may not hold more. */
  isFull(maxPackets: number): boolean {
    return this.#bytes >= MAX_BURST_BYTES || this.#lines >= MAX_BURST_LINES || this.#packets >= maxPackets;
  }
}
