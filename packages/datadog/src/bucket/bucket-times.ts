/** How far points may be dated ahead to keep their seconds apart. The intake takes ten minutes. */
const MOST_AHEAD = 60;
/** A clock that was set back by more than this leaves dates that cannot be waited for. */
const SET_BACK = 2 * MOST_AHEAD;

/** When a point is dated and how long it covers, both in seconds. */
export interface BucketTime {
  readonly timestamp: number;
  readonly interval: number;
}

/**
 * Dates the buckets. The intake keeps the last of two points of one series and second, so no second is given twice: a
 * closed bucket has its first second, a part of a bucket that was sealed early the first that is free.
 */
export class BucketTimes {
  readonly #seconds: number;
  #last = Number.NEGATIVE_INFINITY;
  #coveredUntil: number;

  /**
   * @param seconds the length of a bucket; buckets are aligned to the clock.
   * @param now milliseconds since the epoch, as everywhere here.
   */
  constructor(seconds: number, now: number) {
    this.#seconds = seconds;
    this.#coveredUntil = now;
  }

  /** The first second of the bucket that is open now. */
  open(now: number): number {
    return Math.floor(now / 1000 / this.#seconds) * this.#seconds;
  }

  /** Milliseconds until the bucket that is open now closes. */
  untilClose(now: number): number {
    return (this.open(now) + this.#seconds) * 1000 - now;
  }

  /** Milliseconds until there is another free second: zero, unless there were more flushes than seconds for a long while. */
  untilFree(now: number): number {
    const ahead = this.#last + 1 - now / 1000;
    return ahead > SET_BACK ? 0 : Math.max(0, Math.ceil((ahead - MOST_AHEAD) * 1000));
  }

  /** @param closed whether it is the bucket before the open one. */
  next(now: number, closed: boolean): BucketTime {
    if (this.#last + 1 - now / 1000 > SET_BACK) this.#last = Number.NEGATIVE_INFINITY;
    const first = this.open(now) - (closed ? this.#seconds : 0);
    const timestamp = Math.max(first, this.#last + 1);
    const interval = Math.max(1, Math.round((now - this.#coveredUntil) / 1000));
    this.#last = timestamp;
    this.#coveredUntil = now;
    return { timestamp, interval };
  }
}
