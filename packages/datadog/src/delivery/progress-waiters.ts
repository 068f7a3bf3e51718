import type { FullClock, ScheduledCall } from '../clock.js';

interface Waiter {
  readonly startedAt: number;
  /** Milliseconds without progress. */
  readonly timeout: number;
  readonly resolve: () => void;
}

/** The state of the delivery that waiters depend on. */
export interface DeliveryProgress {
  readonly isIdle: boolean;
  /** The time of the next request, on the clock's `elapsed`. */
  readonly nextAttempt: number;
}

/** Callers that wait for the delivery: until it has nothing left, or while it makes progress. */
export class ProgressWaiters {
  readonly #clock: FullClock;
  readonly #onTimeout: () => void;
  readonly #waiters = new Set<Waiter>();
  #lastProgress = Number.NEGATIVE_INFINITY;
  /** One for all, at the earliest timeout: a thousand callers must not schedule a thousand calls at each request. */
  #timer: ScheduledCall | undefined;
  #timerAt = Number.POSITIVE_INFINITY;

  /** @param onTimeout called when a waiter has waited long enough; must call {@link resolveDue}. */
  constructor(clock: FullClock, onTimeout: () => void) {
    this.#clock = clock;
    this.#onTimeout = onTimeout;
  }

  get size(): number {
    return this.#waiters.size;
  }

  /** Resolves when the delivery is idle, or has made no progress for `timeout` milliseconds, or will make none in time. */
  wait(timeout: number, progress: DeliveryProgress): Promise<void> {
    const startedAt = this.#clock.elapsed();
    return new Promise((resolve) => {
      const waiter = { startedAt, timeout, resolve };
      if (this.#isDue(waiter, progress, startedAt)) return resolve();
      this.#waiters.add(waiter);
      this.#schedule(this.#until(waiter), startedAt);
    });
  }

  /** Restarts the timeout of all waiters. */
  recordProgress(): void {
    this.#lastProgress = this.#clock.elapsed();
  }

  /** Resolves the waiters that need not wait any longer, and schedules the next timeout of the others. */
  resolveDue(progress: DeliveryProgress): void {
    const now = this.#clock.elapsed();
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerAt = Number.POSITIVE_INFINITY;
    let earliest = Number.POSITIVE_INFINITY;
    for (const waiter of this.#waiters) {
      if (this.#isDue(waiter, progress, now)) {
        this.#waiters.delete(waiter);
        waiter.resolve();
      } else {
        earliest = Math.min(earliest, this.#until(waiter));
      }
    }
    this.#schedule(earliest, now);
  }

  #until({ startedAt, timeout }: Waiter): number {
    return Math.max(startedAt, this.#lastProgress) + timeout;
  }

  #isDue(waiter: Waiter, { isIdle, nextAttempt }: DeliveryProgress, now: number): boolean {
    const until = this.#until(waiter);
    return isIdle || now >= until || nextAttempt > until;
  }

  #schedule(at: number, now: number): void {
    if (at >= this.#timerAt) return;
    this.#timer?.cancel();
    this.#timerAt = at;
    this.#timer = this.#clock.schedule(at - now, this.#onTimeout);
    this.#timer.setRef(true);
  }
}
