/** A scheduled call. */
interface Due {
  readonly at: number;
  readonly run: () => void;
}

/** A clock that stands still until a test advances it. */
export class ManualClock {
  #now: number;
  readonly #due = new Set<Due>();

  constructor(now: number = Date.now()) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  schedule(milliseconds: number, run: () => void): { cancel(): void; setRef(): void } {
    const due = { at: this.#now + milliseconds, run };
    this.#due.add(due);
    return { cancel: () => void this.#due.delete(due), setRef: () => {} };
  }

  /** Moves the time on, and runs each scheduled call when its time comes. */
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
