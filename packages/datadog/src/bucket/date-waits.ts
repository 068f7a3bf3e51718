import type { FullClock, ScheduledCall } from '../clock.js';
import type { BucketTimes } from './bucket-times.js';

/** Waits, of a second at most each, for dates that do not overwrite other points. Never rejects. */
export class DateWaits {
  readonly #times: BucketTimes;
  readonly #clock: FullClock;
  /** The pending waits, with the functions that end them. */
  readonly #pending = new Map<ScheduledCall, () => void>();
  #maxWait = Number.POSITIVE_INFINITY;
  #keepsAlive = false;

  constructor(times: BucketTimes, clock: FullClock) {
    this.#times = times;
    this.#clock = clock;
  }

  /** Sets whether waits keep the process alive. */
  setRef(active: boolean): void {
    this.#keepsAlive = active;
    for (const timer of this.#pending.keys()) timer.setRef(active);
  }

  /** Limits further waits for a free second, and ends all waits that have begun: what waits is to look again. */
  limit(milliseconds: number): void {
    this.#maxWait = milliseconds;
    for (const end of this.#pending.values()) end();
  }

  /** Ends all waits, and every later one. */
  close(): void {
    this.limit(Number.NEGATIVE_INFINITY);
  }

  /** Resolves when there is a second that has no point yet, or when waiting for it would exceed the limit. */
  async untilFree(isClosed: boolean): Promise<void> {
    for (let wait = this.#times.untilFree(isClosed); wait > 0; wait = this.#times.untilFree(isClosed)) {
      if (wait > this.#maxWait || !(await this.#moves(wait))) return;
    }
  }

  /**
   * Resolves when the clock has reached all dates that were used. They are ahead only if there was no time to wait before: a
   * process that starts until then could use them again.
   */
  async untilReached(): Promise<void> {
    for (let wait = this.#times.untilReached(); wait > 0; wait = this.#times.untilReached()) {
      if (this.#maxWait < 0 || !(await this.#moves(wait))) return;
    }
  }

  /** Waits, and resolves with false if the clock stood still meanwhile, as under fake timers: it will not get there. */
  #moves(milliseconds: number): Promise<boolean> {
    const before = this.#clock.now();
    return new Promise((resolve) => {
      const end = (moves: boolean): void => {
        timer.cancel();
        this.#pending.delete(timer);
        resolve(moves);
      };
      const timer = this.#clock.schedule(milliseconds, () => end(this.#clock.now() !== before));
      timer.setRef(this.#keepsAlive);
      this.#pending.set(timer, () => end(true));
    });
  }
}
