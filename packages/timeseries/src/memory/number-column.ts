import { type NumberPages, PAGE_LENGTH } from './number-pages.js';

/** Numbers by position, in pages that are taken when they are first written to. */
export class NumberColumn {
  readonly #pages: NumberPages;
  /** What is where nothing was written. */
  readonly #empty: number;
  readonly #stretches: number;
  /** The page of each stretch of positions, or -1. Made at once and when needed: a growing list has room it never uses. */
  #taken: number[] | undefined;

  /** @param length how many positions there are. */
  constructor(pages: NumberPages, length: number, empty: number) {
    this.#pages = pages;
    this.#empty = empty;
    this.#stretches = Math.ceil(length / PAGE_LENGTH);
  }

  get(position: number): number {
    const page = this.#pageOf(position);
    return page < 0 ? this.#empty : this.#pages.get(page, position % PAGE_LENGTH);
  }

  /** Whether a page is there; takes one if not. Answers false when there is no room. */
  prepare(position: number): boolean {
    const stretch = Math.floor(position / PAGE_LENGTH);
    this.#taken ??= Array.from({ length: this.#stretches }, () => -1);
    if (this.#taken[stretch]! < 0) this.#taken[stretch] = this.#pages.take(this.#empty);
    return this.#taken[stretch]! >= 0;
  }

  /** Does nothing where no page is. */
  set(position: number, value: number): void {
    const page = this.#pageOf(position);
    if (page >= 0) this.#pages.set(page, position % PAGE_LENGTH, value);
  }

  clear(position: number): void {
    this.set(position, this.#empty);
  }

  free(): void {
    for (const page of this.#taken ?? []) if (page >= 0) this.#pages.give(page);
    this.#taken = undefined;
  }

  #pageOf(position: number): number {
    return this.#taken?.[Math.floor(position / PAGE_LENGTH)] ?? -1;
  }
}
