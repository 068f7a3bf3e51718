import type { CounterHandle } from '@metrics/core';

/** Turns a total that only grows into the amounts of a counter, right for any number of readers. */
export class TotalCounter {
  readonly #counter: CounterHandle;
  #counted: number;

  /** @param total what is not counted, because it was before. */
  constructor(counter: CounterHandle, total: number) {
    this.#counter = counter;
    this.#counted = total;
  }

  /** Counts what the total has grown since the last call, rounded to a thousandth: the rest follows later. */
  update(total: number): void {
    const amount = round(total - this.#counted);
    if (amount <= 0) return;
    this.#counted += amount;
    this.#counter.incr(amount);
  }
}

/** Rounds to three digits after the point: microseconds, if the unit is a millisecond. */
export function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
