import type { FullClock, ScheduledCall } from '../clock.js';

interface Waiter {
  readonly startedAt: number;
  /** Milliseconds without progress. */
  readonly timeout: number;
  timer: ScheduledCall | undefined;
  readonly resolve: () => void;
}

/** Callers that wait for the delivery: until it has nothing left, or while it makes progress. */
export class ProgressWaiters {
  readonly #clock: FullClock;
  readonly #onTimeout: () => void;
  readonly #waiters = new Set<Waiter>();
  #lastProgress = Number.NEGATIVE_INFINITY;

  /** @param onTimeout called when a waiter has waited long enough; must call {@link resolveDue}. */
  constructor(clock: FullClock, onTimeout: () => void) {
    this.#clock = clock;
    this.#onTimeout = onTimeout;
  }

  get size(): number {
    return this.#waiters.size;
  }

  /** Resolves when the delivery is idle, or has made no progress for `timeout` milliseconds, or will make none in time. */
  wait(timeout: number): Promise<void> {
    const startedAt = this.#clock.elapsed();
    return new Promise((resolve) => {
      this.#waiters.add({ startedAt, timeout, timer: undefined, resolve });
    });
  }

  /** Restarts the timeout of all waiters. */
  recordProgress(): void {
    this.#lastProgress = this.#clock.elapsed();
  }

  /**
   * Resolves the waiters that need not wait any longer, and schedules the timeouts of the others.
   *
   * @param nextAttempt the time of the next request, on the clock's `elapsed`.
   */
  resolveDue({ isIdle, nextAttempt }: { readonly isIdle: boolean; readonly nextAttempt: number }): void {
    const now = this.#clock.elapsed();
    for (const waiter of this.#waiters) {
      waiter.timer?.cancel();
      const until = Math.max(waiter.startedAt, this.#lastProgress) + waiter.timeout;
      if (isIdle || now >= until || nextAttempt > until) {
        this.#waiters.delete(waiter);
        waiter.resolve();
      } else if (until < Number.POSITIVE_INFINITY) {
        waiter.timer = this.#clock.schedule(until - now, this.#onTimeout);
        waiter.timer.setRef(true);
      }
    }
  }
}
