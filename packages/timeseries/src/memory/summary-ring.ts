import type { Statistic } from '../statistic.js';
import type { ByteBudget } from './byte-budget.js';
import { Ring } from './ring.js';

/** What fills itself from texts, to merge or to read them. */
export interface Summary {
  clear(): void;
  /** @param statistic all that will be read, where not all of the text is needed for it. */
  merge(text: string, statistic?: Statistic): void;
  encode(): string;
}

const PAGE_LENGTH = 32;
const PAGE_BYTES = PAGE_LENGTH * 8 + 32;
/** The head of a string. */
const TEXT_BYTES = 20;

/** The summaries of a timing, a distribution or a set in one rollup: a text in each bucket that was written. */
export class SummaryRing extends Ring {
  readonly #budget: ByteBudget;
  readonly #length: number;
  #pages: ((string | undefined)[] | undefined)[] | undefined;

  constructor(length: number, budget: ByteBudget) {
    super(length);
    this.#length = length;
    this.#budget = budget;
  }

  /**
   * Answers false when the bucket is too old, or there is no room.
   *
   * @param summary merges texts; what is in it is lost.
   */
  merge(bucket: number, current: number, text: string, summary: Summary): boolean {
    const position = this.positionToWrite(bucket, current);
    const page = position < 0 ? undefined : this.#page(position);
    if (page === undefined) return false;
    const before = page[position % PAGE_LENGTH];
    let merged = text;
    if (before !== undefined) {
      summary.clear();
      summary.merge(before);
      summary.merge(text);
      merged = summary.encode();
    }
    if (!this.#budget.take(bytesOf(merged) - bytesOf(before))) return false;
    page[position % PAGE_LENGTH] = merged;
    return true;
  }

  /** Of a bucket from {@link oldest} to {@link newest}; `undefined` where nothing was recorded. */
  text(bucket: number): string | undefined {
    const position = this.positionOf(bucket);
    return this.#pages?.[Math.floor(position / PAGE_LENGTH)]?.[position % PAGE_LENGTH];
  }

  protected override clearCell(position: number): void {
    const page = this.#pages?.[Math.floor(position / PAGE_LENGTH)];
    if (page === undefined) return;
    this.#budget.give(bytesOf(page[position % PAGE_LENGTH]));
    page[position % PAGE_LENGTH] = undefined;
  }

  protected override freeCells(): void {
    for (const page of this.#pages ?? []) {
      if (page === undefined) continue;
      for (const text of page) this.#budget.give(bytesOf(text));
      this.#budget.give(PAGE_BYTES);
    }
    this.#pages = undefined;
  }

  #page(position: number): (string | undefined)[] | undefined {
    const stretch = Math.floor(position / PAGE_LENGTH);
    this.#pages ??= Array.from({ length: Math.ceil(this.#length / PAGE_LENGTH) }, () => undefined);
    if (this.#pages[stretch] === undefined && this.#budget.take(PAGE_BYTES))
      this.#pages[stretch] = Array.from({ length: PAGE_LENGTH }, () => undefined);
    return this.#pages[stretch];
  }
}

function bytesOf(text: string | undefined): number {
  return text === undefined ? 0 : TEXT_BYTES + text.length;
}
