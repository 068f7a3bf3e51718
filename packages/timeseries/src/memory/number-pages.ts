// Memory for the numbers of all rings, shared by page.
import type { ByteBudget } from './byte-budget.js';

/**
 * Numbers of a page. With smaller pages finding one costs more; larger ones stay emptier in a series that is rarely
 * written.
 */
export const PAGE_NUMBERS = 32;
const PAGE_BYTES = PAGE_NUMBERS * 8;
/** Pages in an array of 64 kB. An allocation for each page would double its memory. */
const PAGES_PER_BLOCK = 256;

/** Pages of numbers, allocated and freed by their number. Freed pages are used again, not returned to the system. */
export class NumberPages {
  readonly #blocks: Float64Array[] = [];
  readonly #free: number[] = [];
  #allocated = 0;
  readonly #budget: ByteBudget;

  constructor(budget: ByteBudget) {
    this.#budget = budget;
  }

  /** Returns the number of a page filled with `empty`, or -1 if there is no room. */
  allocate(empty: number): number {
    if (!this.#budget.reserve(PAGE_BYTES)) return -1;
    const page = this.#free.pop() ?? this.#allocated++;
    if (page >= this.#blocks.length * PAGES_PER_BLOCK)
      this.#blocks.push(new Float64Array(PAGES_PER_BLOCK * PAGE_NUMBERS));
    const start = pageStart(page);
    this.#blockOf(page).fill(empty, start, start + PAGE_NUMBERS);
    return page;
  }

  free(page: number): void {
    this.#free.push(page);
    this.#budget.unreserve(PAGE_BYTES);
  }

  get(page: number, index: number): number {
    return this.#blockOf(page)[pageStart(page) + index]!;
  }

  set(page: number, index: number, value: number): void {
    this.#blockOf(page)[pageStart(page) + index] = value;
  }

  #blockOf(page: number): Float64Array {
    return this.#blocks[Math.floor(page / PAGES_PER_BLOCK)]!;
  }
}

/** Returns the index of a page's first number in its block. */
function pageStart(page: number): number {
  return (page % PAGES_PER_BLOCK) * PAGE_NUMBERS;
}
