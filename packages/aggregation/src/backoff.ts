// Waits between attempts.

/** Options of {@link Backoff}. */
export interface BackoffOptions {
  /** Milliseconds of the first wait. */
  readonly initial: number;
  /** Milliseconds that no wait exceeds. */
  readonly max: number;
  /** Draws each wait between zero and its full length, so that many processes do not return at the same moment. @default false */
  readonly jitter?: boolean | undefined;
  /** Returns numbers from 0 to below 1. @default Math.random */
  readonly random?: (() => number) | undefined;
}

/**
 * Waits that double after each failure, up to a maximum.
 *
 * @example
 * ```ts
 * import { Backoff } from '@metrics/aggregation';
 *
 * const backoff = new Backoff({ initial: 100, max: 5000 });
 * console.log(backoff.next(), backoff.next()); // 100 200
 * backoff.reset();
 * ```
 */
export class Backoff {
  readonly #initial: number;
  readonly #max: number;
  readonly #random: () => number;
  #wait: number;

  constructor({ initial, max, jitter = false, random = Math.random }: BackoffOptions) {
    this.#initial = initial;
    this.#max = max;
    this.#random = jitter ? random : () => 1;
    this.#wait = initial;
  }

  /** Returns the milliseconds to wait now; the next wait is twice as long. */
  next(): number {
    const wait = this.#wait;
    this.#wait = Math.min(wait * 2, this.#max);
    return wait * this.#random();
  }

  /** Starts over with the first wait, after a success. */
  reset(): void {
    this.#wait = this.#initial;
  }
}
