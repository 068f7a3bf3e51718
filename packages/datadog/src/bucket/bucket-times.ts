/** How far ahead points may be dated to keep their seconds apart. The intake accepts ten minutes. */
const MAX_AHEAD_SECONDS = 60;
/** If dates are ahead by more than this, the clock was set back: waiting for them could take hours. */
const CLOCK_SET_BACK_SECONDS = 2 * MAX_AHEAD_SECONDS;

/** The date of a point and the period it covers, both in seconds. */
export interface BucketTime {
  readonly timestamp: number;
  readonly interval: number;
}

/**
 * Dates the buckets. The intake keeps only the last of two points of the same series and second, so each second is used
 * once: a closed bucket gets its first second, and a part that is sealed early gets the first free one.
 */
export class BucketTimes {
  readonly #seconds: number;
  #last = Number.NEGATIVE_INFINITY;
  #coveredUntil: number;

  /**
   * @param seconds the length of a bucket; buckets are aligned to the clock.
   * @param now milliseconds since the epoch, as in all methods.
   */
  constructor(seconds: number, now: number) {
    this.#seconds = seconds;
    this.#coveredUntil = now;
  }

  /** Returns the first second of the open bucket. */
  bucketStart(now: number): number {
    return Math.floor(now / 1000 / this.#seconds) * this.#seconds;
  }

  /** Returns the milliseconds until the open bucket closes. */
  untilClose(now: number): number {
    return (this.bucketStart(now) + this.#seconds) * 1000 - now;
  }

  /** Returns the milliseconds until a second is free: zero, except after a minute with more flushes than seconds. */
  untilFree(now: number): number {
    const ahead = this.#last + 1 - now / 1000;
    return ahead > CLOCK_SET_BACK_SECONDS ? 0 : Math.max(0, Math.ceil((ahead - MAX_AHEAD_SECONDS) * 1000));
  }

  /**
   * Returns the time of the next points, and uses it up.
   *
   * @param closed true for the bucket before the open one, false for the part of the open one that is sealed now.
   */
  next(now: number, closed: boolean): BucketTime {
    if (this.#last + 1 - now / 1000 > CLOCK_SET_BACK_SECONDS) this.#last = Number.NEGATIVE_INFINITY;
    const first = this.bucketStart(now) - (closed ? this.#seconds : 0);
    const timestamp = Math.max(first, this.#last + 1);
    const interval = Math.max(1, Math.round((now - this.#coveredUntil) / 1000));
    this.#last = timestamp;
    this.#coveredUntil = now;
    return { timestamp, interval };
  }
}
