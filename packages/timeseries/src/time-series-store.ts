// The contract of a store: where the backend keeps history. MemoryStore and RedisStore implement it; so can you.
import type { Problem } from '@metrics/core';
import type { Rollup } from './rollup.js';
import type { Statistic } from './statistic.js';
import type { StoredSeries } from './stored-series.js';

/** Services that the backend offers to its store. None of them throws. */
export interface StoreHost {
  /** The rollups, from fine to coarse; each step is a multiple of the first. */
  readonly rollups: readonly Rollup[];
  /** Returns seconds since the epoch. They may go backwards. */
  now(): number;
  /** Confirms samples: they are kept in memory, or acknowledged by a server. */
  confirm(samples: number): void;
  /** Drops samples. The reason is in `snake_case`; the store's documentation lists its reasons. */
  drop(samples: number, reason: string): void;
  /** Reports a problem to the application. Merges and limits repeated problems, so report each one. */
  report(problem: Problem): void;
}

/** @throws {Error} if a store was not started. */
export function startedHost(host: StoreHost | undefined): StoreHost {
  if (host === undefined)
    throw new Error('This store has no backend: pass it as `store` to new TimeSeriesBackend(), which starts it.');
  return host;
}

/** The values of a gauge within one bucket. */
export interface GaugeReading {
  /** The value that was recorded last. */
  readonly last: number;
  /** The smallest value. */
  readonly min: number;
  /** The largest value. */
  readonly max: number;
}

/** A read of some series, which are all of one kind. */
export interface StoreQuery {
  /** One of {@link StoreHost.rollups}: the resolution to read. */
  readonly rollup: Rollup;
  /** Start of the first point, in seconds: a multiple of {@link Rollup.step}. */
  readonly from: number;
  /** Seconds from one point to the next: a multiple of {@link Rollup.step}. */
  readonly step: number;
  /** Number of points to read. */
  readonly points: number;
  /** A statistic that the kind has. */
  readonly statistic: Statistic;
}

/**
 * Keeps history. The backend merges the samples of one bucket of the finest rollup and passes each such increment to the
 * store, which adds it to the bucket of every rollup that still keeps that time.
 *
 * `start`, `counter`, `gauge` and `values` are called while the application records: they never throw, block or wait. The
 * store calls `confirm` or `drop` for each sample it receives, then or later; until then the sample is pending. `flush`
 * and `close` never reject. Reads may, if a server does not respond.
 */
export interface TimeSeriesStore {
  /** Called once, before any other method. */
  start(host: StoreHost): void;

  /**
   * Adds to a counter.
   *
   * @param time start of a bucket of the finest rollup, in seconds. It may be in the past, however far: the store decides
   *   for each rollup, by `oldestBucket`, whether it is too old.
   * @param sum finite.
   */
  counter(series: StoredSeries, time: number, sum: number, samples: number): void;
  /** Adds to a gauge. The reading with the latest time has the last value; of equal times, the one passed last. */
  gauge(series: StoredSeries, time: number, reading: GaugeReading, samples: number): void;
  /**
   * Adds values of a timing or a distribution, or the members of a set as hashes. Each value is one sample.
   *
   * @param values only valid during the call, from index 0 to `length`. Hashes of members are integers below 2^48, the
   *   same for the same member in every process.
   */
  values(series: StoredSeries, time: number, values: Float64Array, length: number): void;

  /** Resolves when every sample passed before the call is confirmed or dropped, or waits for an unavailable server. */
  flush(): Promise<void>;
  /** Makes a best effort without waiting, when the process exits. */
  flushSync?(): void;
  /** Flushes within `timeout` milliseconds, drops the rest as `timeout`, and releases everything. */
  close(options: { readonly timeout: number }): Promise<void>;

  /** Resolves with the keys that have a history, in any order. */
  keys(): Promise<readonly string[]>;
  /**
   * Resolves with the series of a key that have a history. If kinds differ (another process, an older release), the
   * newest is last.
   */
  series(key: string): Promise<readonly StoredSeries[]>;
  /**
   * Resolves with the time in seconds, for each rollup, since when it has every sample of a key. After the option
   * `rollups` changed, a new rollup has none from before; reads then choose another one. Absent if all are complete.
   */
  completeSince?(key: string): Promise<readonly number[]>;
  /**
   * Resolves with one number a point, merged over all of the series: point `index` covers the buckets from
   * `from + index * step` to the next point. It is `undefined` if nothing was recorded, but 0 for a counter.
   *
   * @param series of one kind.
   */
  read(series: readonly StoredSeries[], query: StoreQuery): Promise<readonly (number | undefined)[]>;
}
