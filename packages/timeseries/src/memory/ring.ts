/**
 * The latest buckets of a series in one rollup, up to the newest that was written. Subclasses hold the content of buckets
 * by position. A bucket is identified by its number: its start divided by the step.
 */
export abstract class Ring {
  readonly #length: number;
  /** The newest bucket written. */
  #newest = Number.NEGATIVE_INFINITY;

  constructor(length: number) {
    this.#length = length;
  }

  /** True if no bucket is kept. */
  get isEmpty(): boolean {
    return this.#newest === Number.NEGATIVE_INFINITY;
  }

  get newest(): number {
    return this.#newest;
  }

  /** The oldest bucket that the ring can keep together with the newest. */
  get oldest(): number {
    return this.#newest - this.#length + 1;
  }

  positionOf(bucket: number): number {
    return bucket % this.#length;
  }

  free(): void {
    this.#newest = Number.NEGATIVE_INFINITY;
    this.freeMemory();
  }

  /**
   * Returns the position of a bucket to write to, or -1 if it is too old. Clears the buckets that it replaces.
   *
   * @param current the bucket of the present. If even that is too old, the clock was set back by more than the ring
   *   keeps: the ring then holds times that have not come yet, and starts over.
   */
  protected positionToWrite(bucket: number, current: number): number {
    if (bucket < this.oldest) {
      if (current >= this.oldest) return -1;
      this.free();
    }
    if (bucket > this.#newest) {
      const first = Math.max(this.#newest + 1, bucket - this.#length + 1);
      if (!this.isEmpty) for (let passed = first; passed <= bucket; passed += 1) this.clearAt(this.positionOf(passed));
      this.#newest = bucket;
    }
    return this.positionOf(bucket);
  }

  protected abstract clearAt(position: number): void;
  protected abstract freeMemory(): void;
}
