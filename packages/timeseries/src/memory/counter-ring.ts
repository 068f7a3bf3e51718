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

  /** Answers false when the bucket is too old, or there is no room. */
  add(bucket: number, current: number, sum: number): boolean {
    const position = this.positionToWrite(bucket, current);
    if (position < 0 || !this.#sums.prepare(position)) return false;
    // Sums of finite amounts can overflow; the largest number is nearer to the truth than none.
    const total = this.#sums.get(position) + sum;
    this.#sums.set(position, Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, total)));
    return true;
  }

  /** Of a bucket from {@link oldest} to {@link newest}. */
  sum(bucket: number): number {
    return this.#sums.get(this.positionOf(bucket));
  }

  protected override clearCell(position: number): void {
    this.#sums.clear(position);
  }

  protected override freeCells(): void {
    this.#sums.free();
  }
}
