// The memory of packets.

const MAX_SPARE_BUFFERS = 8;

/** Buffers that are used again and again. */
export class PacketBuffers {
  readonly #spare: Buffer[] = [];

  take(length: number): Buffer {
    for (;;) {
      const buffer = this.#spare.pop() ?? Buffer.allocUnsafeSlow(length);
      // The length changes with the address.
      if (buffer.length === length) return buffer;
    }
  }

  recycle(buffer: Buffer): void {
    if (this.#spare.length < MAX_SPARE_BUFFERS) this.#spare.push(buffer);
  }
}
