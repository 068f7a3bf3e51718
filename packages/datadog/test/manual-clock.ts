import type { Clock, ScheduledCall } from '../src/index.js';

interface Due {
  readonly at: number;
  readonly run: () => void;
}

/** A clock that stands still until it is told to go on. */
export class ManualClock implements Clock {
  #now: number;
  readonly #due = new Set<Due>();

  constructor(now: number = Date.now()) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  schedule(milliseconds: number, run: () => void): ScheduledCall {
    const due = { at: this.#now + milliseconds, run };
    this.#due.add(due);
    return { cancel: () => this.#due.delete(due), setRef: () => {} };
  }

  /** Passes the time; alarms sound when it is theirs. */
  advance(milliseconds: number): void {
    const until = this.#now + milliseconds;
    for (;;) {
      const next = [...this.#due].filter(({ at }) => at <= until).sort((one, other) => one.at - other.at)[0];
      if (next === undefined) break;
      this.#due.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = until;
  }
}
