import { addFinite } from '../finite-sum.js';
import { NumberColumn } from './number-column.js';
import type { NumberPages } from './number-pages.js';
import { Ring } from './ring.js';

/** The sums of a counter in one rollup. */
export class CounterRing extends Ring {
  readonly #sums: NumberColumn;

  constructor(length: number, pages: NumberPages) {
    super(length);
    this.#sums = new NumberColumn(pages, length, 0);
  }

  /** Adds to a bucket. Returns false if the bucket is too old or there is no room. */
  add(bucket: number, current: number, sum: number): boolean {
    const position = this.positionToWrite(bucket, current);
    if (position < 0 || !this.#sums.ensurePage(position)) return false;
    this.#sums.set(position, addFinite(this.#sums.get(position), sum));
    return true;
  }

  /** Returns the sum of a bucket from {@link oldest} to {@link newest}. */
  sum(bucket: number): number {
    return this.#sums.get(this.positionOf(bucket));
  }

  protected override clearAt(position: number): void {
    this.#sums.clear(position);
  }

  protected override freeMemory(): void {
    this.#sums.free();
  }
}
