/** The memory that history takes, in bytes, and its limit. It is an estimate, within some percent. */
export class ByteBudget {
  readonly limit: number;
  /** Number of reservations that did not fit. */
  rejections = 0;
  #used = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  get used(): number {
    return this.#used;
  }

  /** Reserves bytes. Returns false, and reserves none, if they exceed the limit. */
  reserve(bytes: number): boolean {
    if (this.#used + bytes > this.limit) {
      this.rejections += 1;
      return false;
    }
    this.#used += bytes;
    return true;
  }

  unreserve(bytes: number): void {
    this.#used -= bytes;
  }
}
