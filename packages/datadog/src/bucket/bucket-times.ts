import type { FullClock } from '../clock.js';
import type { UsedSeconds } from './point-source.js';

/**
 * Seconds before the current one that are left free for further flushes, so that a few of them in one second need not wait
 * for the clock.
 */
const SPARE_SECONDS = 5;
/** The intake accepts points up to ten minutes ahead of its clock. Dates get ahead only if the clock is set back. */
const MAX_AHEAD_SECONDS = 540;

/** The date of a point, and the period it covers. */
export interface BucketTime {
  /** Seconds since the epoch. */
  readonly timestamp: number;
  /** Seconds. */
  readonly interval: number;
  /** When the date was, in milliseconds on the clock's `elapsed`. */
  readonly datedAt: number;
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
  readonly #clock: Pick<FullClock, 'now' | 'elapsed'>;
  readonly #used: UsedSeconds;
  /** On the clock's `elapsed`. */
  #coveredUntil: number;

  /** @param seconds the length of a bucket; buckets are aligned to the clock. */
  constructor(seconds: number, clock: Pick<FullClock, 'now' | 'elapsed'>, used: UsedSeconds) {
    this.#seconds = seconds;
    this.#clock = clock;
    this.#used = used;
    this.#coveredUntil = clock.elapsed();
  }

  /** Returns the milliseconds until the open bucket closes. */
  untilClose(): number {
    return (this.#bucketStart() + this.#seconds) * 1000 - this.#clock.now();
  }

  /**
   * Returns the milliseconds until {@link next} has a second to use, at most 1000: not zero in the first second of a process,
   * and if flushes used up all seconds before. After the clock was set back it is zero, because waiting could take hours.
   *
   * @param closed as in {@link next}.
   */
  untilFree(closed: boolean): number {
    return this.#until(this.#nextSecond(closed));
  }

  /** Returns the milliseconds until no used second is ahead of the clock, in the same way. */
  untilReached(): number {
    return this.#until(this.#used.last);
  }

  /**
   * Returns the time of the next points, and uses it up.
   *
   * @param closed true for the bucket before the open one, false for the part of the open one that is sealed now.
   */
  next(closed: boolean): BucketTime {
    const timestamp = this.#nextSecond(closed);
    const elapsed = this.#clock.elapsed();
    const interval = Math.max(1, Math.round((elapsed - this.#coveredUntil) / 1000));
    this.#used.last = timestamp;
    this.#coveredUntil = elapsed;
    return { timestamp, interval, datedAt: this.#datedAt(timestamp) };
  }

  /** Returns the time of points that add up and may share their second with others: those of distributions. */
  shared(): BucketTime {
    const timestamp = this.#bucketStart();
    return { timestamp, interval: 1, datedAt: this.#datedAt(timestamp) };
  }

  /** Returns the first second of the open bucket. */
  #bucketStart(): number {
    return Math.floor(this.#clock.now() / 1000 / this.#seconds) * this.#seconds;
  }

  #nextSecond(closed: boolean): number {
    const start = this.#bucketStart();
    const current = Math.floor(this.#clock.now() / 1000);
    const spare = Math.min(SPARE_SECONDS, this.#seconds);
    const first = closed ? start - this.#seconds : Math.min(start, current - spare);
    const free = this.#used.last + 1;
    return free - current > MAX_AHEAD_SECONDS ? first : Math.max(first, free);
  }

  #until(second: number): number {
    const ahead = Math.ceil(second * 1000 - this.#clock.now());
    return ahead > 1000 ? 0 : Math.max(0, ahead);
  }

  #datedAt(timestamp: number): number {
    return this.#clock.elapsed() - (this.#clock.now() - timestamp * 1000);
  }
}
