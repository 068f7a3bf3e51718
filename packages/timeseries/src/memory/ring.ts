/**
 * Which buckets of one rollup are kept of a series: the latest so many up to the newest that was written. Cells are
 * reached by position, and what they hold is for the subclasses. Buckets are counted: their start divided by the step.
 */
export abstract class Ring {
  readonly #length: number;
  /** The newest bucket written. */
  #newest = Number.NEGATIVE_INFINITY;

  constructor(length: number) {
    this.#length = length;
  }

  /** Nothing is kept. */
  get isEmpty(): boolean {
    return this.#newest === Number.NEGATIVE_INFINITY;
  }

  get newest(): number {
    return this.#newest;
  }

  /** The oldest bucket that can be kept beside the newest. */
  get oldest(): number {
    return this.#newest - this.#length + 1;
  }

  positionOf(bucket: number): number {
    return bucket % this.#length;
  }

  free(): void {
    this.#newest = Number.NEGATIVE_INFINITY;
    this.freeCells();
  }

  /**
   * The position of a bucket to write to, or -1 where it is too old. What it takes the place of is cleared.
   *
   * @param current the bucket of the present. Where even that is too old the clock went back by more than is kept: what
   *   is there is of a time that did not come to pass, and the ring begins anew.
   */
  protected positionToWrite(bucket: number, current: number): number {
    if (bucket < this.oldest) {
      if (current >= this.oldest) return -1;
      this.free();
    }
    if (bucket > this.#newest) {
      const first = Math.max(this.#newest + 1, bucket - this.#length + 1);
      if (!this.isEmpty)
        for (let passed = first; passed <= bucket; passed += 1) this.clearCell(this.positionOf(passed));
      this.#newest = bucket;
    }
    return this.positionOf(bucket);
  }

  protected abstract clearCell(position: number): void;
  protected abstract freeCells(): void;
}
