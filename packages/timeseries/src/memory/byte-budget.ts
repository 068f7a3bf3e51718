/** How much memory the history takes, and how much it may. An estimate, within some percent of the truth. */
export class ByteBudget {
  readonly limit: number;
  /** How often there was no room. */
  refusals = 0;
  #used = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  get used(): number {
    return this.#used;
  }

  /** Answers whether there is room for so many more bytes, and if so takes them. */
  take(bytes: number): boolean {
    if (this.#used + bytes > this.limit) {
      this.refusals += 1;
      return false;
    }
    this.#used += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#used -= bytes;
  }
}
