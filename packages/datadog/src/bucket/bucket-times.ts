import type { PointSource } from './point-source.js';

/**
 * Seconds before the current one that are left free for further flushes, so that a few of them in one second need not wait
 * for the clock.
 */
const SPARE_SECONDS = 5;
/** The intake accepts points up to ten minutes ahead of its clock. Dates get ahead only if the clock is set back. */
const MAX_AHEAD_SECONDS = 540;

/** The date of a point and the period it covers, both in seconds. */
export interface BucketTime {
  readonly timestamp: number;
  readonly interval: number;
}

/**
 * Dates the buckets. The intake keeps only the last of two points of the same series and second, so each second is used
 * once: a closed bucket gets its first second, and a part that is sealed early gets a free one.
 *
 * No date is ahead of the clock. A second is thus used only by a process that lives at its start, and a process that starts
 * within it or later can never overwrite its points.
 */
export class BucketTimes {
  readonly #seconds: number;
  readonly #source: PointSource;
  #coveredUntil: number;

  /**
   * @param seconds the length of a bucket; buckets are aligned to the clock.
   * @param now milliseconds since the epoch, as in all methods.
   */
  constructor(seconds: number, now: number, source: PointSource) {
    this.#seconds = seconds;
    this.#coveredUntil = now;
    this.#source = source;
  }

  /** Returns the first second of the open bucket. */
  bucketStart(now: number): number {
    return Math.floor(now / 1000 / this.#seconds) * this.#seconds;
  }

  /** Returns the milliseconds until the open bucket closes. */
  untilClose(now: number): number {
    return (this.bucketStart(now) + this.#seconds) * 1000 - now;
  }

  /**
   * Returns the milliseconds until {@link next} has a second to use, at most 1000: not zero in the first second of a process,
   * and if flushes used up all seconds before. After the clock was set back it is zero, because waiting could take hours.
   */
  untilFree(now: number, closed: boolean): number {
    const ahead = Math.ceil(this.#nextSecond(now, closed) * 1000 - now);
    return ahead > 1000 ? 0 : Math.max(0, ahead);
  }

  /**
   * Returns the time of the next points, and uses it up.
   *
   * @param closed true for the bucket before the open one, false for the part of the open one that is sealed now.
   */
  next(now: number, closed: boolean): BucketTime {
    const timestamp = this.#nextSecond(now, closed);
    const interval = Math.max(1, Math.round((now - this.#coveredUntil) / 1000));
    this.#source.lastSecond = timestamp;
    this.#coveredUntil = now;
    return { timestamp, interval };
  }

  #nextSecond(now: number, closed: boolean): number {
    const start = this.bucketStart(now);
    const current = Math.floor(now / 1000);
    const spare = Math.min(SPARE_SECONDS, this.#seconds);
    const first = closed ? start - this.#seconds : Math.min(start, current - spare);
    const free = this.#source.lastSecond + 1;
    return free - current > MAX_AHEAD_SECONDS ? first : Math.max(first, free);
  }
}
