import { Backoff } from '@metrics/aggregation';

/** Limit of the first wait; the limit doubles with each failure, up to {@link MAX_WAIT_MS}. */
const FIRST_WAIT_MS = 2000;
const MAX_WAIT_MS = 64_000;
/** Wait after the API key was refused. */
const REFUSED_KEY_WAIT_MS = 60_000;
/** Limit of all waits while the backend closes. */
const MAX_CLOSING_WAIT_MS = 500;

/** `open`: nothing is sent. `half_open`: one request may try. */
export type BreakerState = 'closed' | 'open' | 'half_open';

/**
 * Decides when the next request may be sent: exponential back-off with full jitter. Failures count for the intake as a
 * whole, not for one payload.
 *
 * `now` is on a clock that is never set, in milliseconds.
 */
export class CircuitBreaker {
  #backoff: Backoff;
  #maxWait = MAX_WAIT_MS;
  #openUntil = Number.NEGATIVE_INFINITY;
  #isFailing = false;
  #isClosing = false;
  readonly #random: () => number;

  /** @param random returns numbers from 0 to below 1. */
  constructor(random: () => number) {
    this.#random = random;
    this.#backoff = new Backoff({ initial: FIRST_WAIT_MS, max: MAX_WAIT_MS, jitter: true, random });
  }

  state(now: number): BreakerState {
    if (!this.#isFailing) return 'closed';
    return this.wait(now) > 0 ? 'open' : 'half_open';
  }

  /** Returns the milliseconds until a request may be sent. */
  wait(now: number): number {
    return Math.max(0, this.#openUntil - now);
  }

  recordSuccess(): void {
    this.#isFailing = false;
    this.#openUntil = Number.NEGATIVE_INFINITY;
    this.#backoff.reset();
  }

  /** @param retryAfter milliseconds that the intake asked for; limited, so that a server cannot stop delivery for days. */
  recordFailure(now: number, retryAfter = 0): void {
    this.#isFailing = true;
    this.#openUntil = now + Math.max(this.#backoff.next(), Math.min(retryAfter, this.#maxWait));
  }

  recordRefusedKey(now: number): void {
    this.#isFailing = true;
    this.#openUntil = now + (this.#isClosing ? 0 : REFUSED_KEY_WAIT_MS);
  }

  /** Allows a request immediately, and limits further waits to half a second. */
  startClosing(): void {
    this.#isClosing = true;
    this.#maxWait = MAX_CLOSING_WAIT_MS;
    this.#openUntil = Number.NEGATIVE_INFINITY;
    this.#backoff = new Backoff({
      initial: MAX_CLOSING_WAIT_MS,
      max: MAX_CLOSING_WAIT_MS,
      jitter: true,
      random: this.#random,
    });
  }
}
