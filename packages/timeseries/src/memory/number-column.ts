import { type NumberPages, PAGE_NUMBERS } from './number-pages.js';

/** Numbers by position, in pages that are allocated when they are first written to. */
export class NumberColumn {
  readonly #pages: NumberPages;
  /** The value of positions that were not written. */
  readonly #empty: number;
  readonly #pageCount: number;
  /**
   * The number of each page, or -1. Created at its full length when needed: a growing list reserves room it never uses.
   */
  #pageNumbers: number[] | undefined;

  /** @param length number of positions. */
  constructor(pages: NumberPages, length: number, empty: number) {
    this.#pages = pages;
    this.#empty = empty;
    this.#pageCount = Math.ceil(length / PAGE_NUMBERS);
  }

  get(position: number): number {
    const page = this.#pageNumber(position);
    return page < 0 ? this.#empty : this.#pages.get(page, position % PAGE_NUMBERS);
  }

  /** Allocates the page of a position unless it exists. Returns false if there is no room. */
  ensurePage(position: number): boolean {
    const pageIndex = Math.floor(position / PAGE_NUMBERS);
    this.#pageNumbers ??= Array.from({ length: this.#pageCount }, () => -1);
    if (this.#pageNumbers[pageIndex]! < 0) this.#pageNumbers[pageIndex] = this.#pages.allocate(this.#empty);
    return this.#pageNumbers[pageIndex]! >= 0;
  }

  /** Sets a number. Does nothing if the page does not exist. */
  set(position: number, value: number): void {
    const page = this.#pageNumber(position);
    if (page >= 0) this.#pages.set(page, position % PAGE_NUMBERS, value);
  }

  clear(position: number): void {
    this.set(position, this.#empty);
  }

  free(): void {
    for (const page of this.#pageNumbers ?? []) if (page >= 0) this.#pages.free(page);
    this.#pageNumbers = undefined;
  }

  #pageNumber(position: number): number {
    return this.#pageNumbers?.[Math.floor(position / PAGE_NUMBERS)] ?? -1;
  }
}
