/** Writes numbers into a string of one byte a character, the smallest object that holds bytes. */
export class ByteWriter {
  #buffer: Buffer = Buffer.allocUnsafeSlow(1024);
  #length = 0;

  clear(): void {
    this.#length = 0;
  }

  /** Returns everything written since {@link clear}. */
  toString(): string {
    return this.#buffer.toString('latin1', 0, this.#length);
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#length] = value;
    this.#length += 1;
  }

  /**
   * Writes an integer in as many bytes as it needs, seven bits in each.
   *
   * @param value a safe integer, not negative.
   */
  integer(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.byte((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }

  double(value: number): void {
    this.#reserve(8);
    this.#length = this.#buffer.writeDoubleLE(value, this.#length);
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(larger);
    this.#buffer = larger;
  }
}
