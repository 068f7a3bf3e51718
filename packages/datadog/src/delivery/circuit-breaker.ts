/** Milliseconds: the ceiling of the first wait doubles with each failure, up to the longest. */
const FIRST_CEILING = 2000;
const LONGEST = 64_000;
/** Milliseconds between two looks whether a key that was refused is taken by now. */
const FORBIDDEN_WAIT = 60_000;
/** Milliseconds, while a close waits. */
const HURRIED_LONGEST = 500;

/** `open`: nothing is sent. `half_open`: one request may try. */
export type BreakerState = 'closed' | 'open' | 'half_open';

/** When the intake may be asked again: exponential back-off with full jitter, for the host and not for one request. */
export class CircuitBreaker {
  readonly #random: () => number;
  #failures = 0;
  #openUntil = Number.NEGATIVE_INFINITY;
  #hurried = false;

  /** @param random answers numbers from 0 to below 1. */
  constructor(random: () => number) {
    this.#random = random;
  }

  state(now: number): BreakerState {
    if (this.#failures === 0) return 'closed';
    return this.wait(now) > 0 ? 'open' : 'half_open';
  }

  /** Milliseconds until a request may be sent. */
  wait(now: number): number {
    // A clock that is set back must not prolong it.
    return Math.min(LONGEST, Math.max(0, this.#openUntil - now));
  }

  succeeded(): void {
    this.#failures = 0;
    this.#openUntil = Number.NEGATIVE_INFINITY;
  }

  /** @param asked the milliseconds that the intake asked for; capped, because a server must not silence us for days. */
  failed(now: number, asked = 0): void {
    const longest = this.#hurried ? HURRIED_LONGEST : LONGEST;
    const ceiling = Math.min(longest, FIRST_CEILING * 2 ** this.#failures);
    this.#failures += 1;
    this.#openUntil = now + Math.max(this.#random() * ceiling, Math.min(asked, longest));
  }

  /** The key is refused. */
  forbidden(now: number): void {
    this.#failures += 1;
    this.#openUntil = now + (this.#hurried ? 0 : FORBIDDEN_WAIT);
  }

  /** The end is near: tries at once, and from now on more often. */
  hurry(): void {
    this.#hurried = true;
    this.#openUntil = Number.NEGATIVE_INFINITY;
  }
}
