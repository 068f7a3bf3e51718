import type { ByteBudget } from './byte-budget.js';

/** Numbers in a page. Smaller ones cost more to find, larger ones are emptier in a series that is rarely written. */
export const PAGE_LENGTH = 32;
const PAGE_BYTES = PAGE_LENGTH * 8;
/** An array of 64 kB: an allocation for each page would cost as much again as what is in it. */
const PAGES_PER_BLOCK = 256;

/** Pages of numbers, taken and given back by their number. What was given back is used again, not returned to the system. */
export class NumberPages {
  readonly #blocks: Float64Array[] = [];
  readonly #free: number[] = [];
  #taken = 0;
  readonly #budget: ByteBudget;

  constructor(budget: ByteBudget) {
    this.#budget = budget;
  }

  /** A page filled with `empty`, or -1 when there is no room. */
  take(empty: number): number {
    if (!this.#budget.take(PAGE_BYTES)) return -1;
    const page = this.#free.pop() ?? this.#taken++;
    if (page >= this.#blocks.length * PAGES_PER_BLOCK)
      this.#blocks.push(new Float64Array(PAGES_PER_BLOCK * PAGE_LENGTH));
    const start = startOf(page);
    this.#blockOf(page).fill(empty, start, start + PAGE_LENGTH);
    return page;
  }

  give(page: number): void {
    this.#free.push(page);
    this.#budget.give(PAGE_BYTES);
  }

  get(page: number, index: number): number {
    return this.#blockOf(page)[startOf(page) + index]!;
  }

  set(page: number, index: number, value: number): void {
    this.#blockOf(page)[startOf(page) + index] = value;
  }

  #blockOf(page: number): Float64Array {
    return this.#blocks[Math.floor(page / PAGES_PER_BLOCK)]!;
  }
}

function startOf(page: number): number {
  return (page % PAGES_PER_BLOCK) * PAGE_LENGTH;
}
