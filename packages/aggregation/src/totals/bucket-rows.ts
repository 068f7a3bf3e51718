// Histograms in columns: all of those with equal bounds in one array.
import { grow } from '@metrics/core/backend';

/** Histograms that {@link Totals} records into, each in a row that is reused after its release. */
export interface HistogramRows {
  /** Returns an empty row. */
  acquire(): number;
  /** Empties a row for reuse. */
  release(row: number): void;
  /** Adds a finite value to a row. */
  record(row: number, value: number): void;
}

/** The counts of histograms with equal bounds: for each row the number of values up to each bound, then of those above. */
export class BucketRows implements HistogramRows {
  /** Ascending upper bounds, inclusive. */
  readonly bounds: Float64Array;
  readonly #width: number;
  /** Doubles, because a count can exceed 32 bits. */
  #counts: Float64Array;
  #used = 0;
  readonly #free: number[] = [];

  constructor(bounds: readonly number[]) {
    this.bounds = Float64Array.from(bounds);
    this.#width = bounds.length + 1;
    this.#counts = new Float64Array(4 * this.#width);
  }

  acquire(): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    this.#used += 1;
    while (this.#used * this.#width > this.#counts.length) this.#counts = grow(this.#counts);
    return this.#used - 1;
  }

  release(row: number): void {
    this.clear(row);
    this.#free.push(row);
  }

  record(row: number, value: number): void {
    const { bounds } = this;
    let low = 0;
    let high = bounds.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (bounds[middle]! >= value) high = middle;
      else low = middle + 1;
    }
    this.#counts[row * this.#width + low]! += 1;
  }

  /** The counts of a row, of which the last is of the values above all bounds. Valid until the next `acquire`. */
  counts(row: number): Float64Array {
    return this.#counts.subarray(row * this.#width, (row + 1) * this.#width);
  }

  /** Adds counts that {@link counts} returned before. */
  add(row: number, counts: ArrayLike<number>): void {
    const own = this.counts(row);
    for (let index = 0; index < own.length; index += 1) own[index]! += counts[index]!;
  }

  /** Empties a row that stays in use. */
  clear(row: number): void {
    this.counts(row).fill(0);
  }
}
