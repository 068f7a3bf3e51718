import { DistinctCount } from './distinct-count.js';

/** The distinct members of a set in the current window, and their number in the one before. */
export class SetWindow {
  readonly #members = new DistinctCount();
  /** The window of the members, as an integer that grows by one with each. */
  #window: number;
  #previous: number | undefined;

  constructor(window: number) {
    this.#window = window;
  }

  record(hash: number, window: number): void {
    this.#enter(window);
    this.#members.record(hash);
  }

  /** Returns the count of the last whole window; of the current one so far if it is the first. */
  count(window: number): number {
    this.#enter(window);
    return this.#previous ?? this.#members.count;
  }

  #enter(window: number): void {
    if (window === this.#window) return;
    this.#previous = window === this.#window + 1 ? this.#members.count : 0;
    this.#members.clear();
    this.#window = window;
  }
}
