// The ring of timings, distributions and sets.
import type { MergeableSummary } from '../summary/mergeable-summary.js';
import type { ByteBudget } from './byte-budget.js';
import { Ring } from './ring.js';

const PAGE_SUMMARIES = 32;
const SUMMARY_PAGE_BYTES = PAGE_SUMMARIES * 8 + 32;
/** Bytes of a string in addition to its characters. */
const STRING_BYTES = 20;

/** The summaries of a timing, a distribution or a set in one rollup: an encoded one in each bucket that was written. */
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
   * Merges an encoded summary into a bucket. Returns false if the bucket is too old or there is no room.
   *
   * @param summary does the merging; its content is overwritten.
   */
  merge(bucket: number, current: number, encoded: string, summary: MergeableSummary): boolean {
    const position = this.positionToWrite(bucket, current);
    const page = position < 0 ? undefined : this.#page(position);
    if (page === undefined) return false;
    const before = page[position % PAGE_SUMMARIES];
    let merged = encoded;
    if (before !== undefined) {
      summary.clear();
      summary.merge(before);
      summary.merge(encoded);
      merged = summary.encode();
    }
    if (!this.#budget.reserve(stringBytes(merged) - stringBytes(before))) return false;
    page[position % PAGE_SUMMARIES] = merged;
    return true;
  }

  /** Returns the summary of a bucket from {@link oldest} to {@link newest}; `undefined` if nothing was recorded. */
  encoded(bucket: number): string | undefined {
    const position = this.positionOf(bucket);
    return this.#pages?.[Math.floor(position / PAGE_SUMMARIES)]?.[position % PAGE_SUMMARIES];
  }

  protected override clearAt(position: number): void {
    const page = this.#pages?.[Math.floor(position / PAGE_SUMMARIES)];
    if (page === undefined) return;
    this.#budget.unreserve(stringBytes(page[position % PAGE_SUMMARIES]));
    page[position % PAGE_SUMMARIES] = undefined;
  }

  protected override freeMemory(): void {
    for (const page of this.#pages ?? []) {
      if (page === undefined) continue;
      for (const encoded of page) this.#budget.unreserve(stringBytes(encoded));
      this.#budget.unreserve(SUMMARY_PAGE_BYTES);
    }
    this.#pages = undefined;
  }

  /** Returns the page of a position, a new one if needed; `undefined` if there is no room. */
  #page(position: number): (string | undefined)[] | undefined {
    const pageIndex = Math.floor(position / PAGE_SUMMARIES);
    this.#pages ??= Array.from({ length: Math.ceil(this.#length / PAGE_SUMMARIES) }, () => undefined);
    if (this.#pages[pageIndex] === undefined && this.#budget.reserve(SUMMARY_PAGE_BYTES))
      this.#pages[pageIndex] = Array.from({ length: PAGE_SUMMARIES }, () => undefined);
    return this.#pages[pageIndex];
  }
}

function stringBytes(string: string | undefined): number {
  return string === undefined ? 0 : STRING_BYTES + string.length;
}
