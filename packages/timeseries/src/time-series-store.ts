import type { Problem } from '@metrics/core';
import type { Rollup } from './rollup.js';
import type { Statistic } from './statistic.js';
import type { StoredSeries } from './stored-series.js';

/** What the backend offers to its store. Nothing here throws. */
export interface StoreHost {
  /** From fine to coarse; each step is a multiple of the first. */
  readonly rollups: readonly Rollup[];
  /** Seconds since the epoch. It may go backwards. */
  now(): number;
  /** So many of the samples given to the store are kept: in memory, or acknowledged by a server. */
  confirm(samples: number): void;
  /** So many of them are lost. `snake_case`; the store's documentation lists its reasons. */
  drop(samples: number, reason: string): void;
  report(problem: Problem): void;
}

/** A gauge within one bucket. */
export interface GaugeReading {
  readonly last: number;
  readonly min: number;
  readonly max: number;
}

/** What to read of some series, which are all of one kind. */
export interface StoreQuery {
  readonly rollup: Rollup;
  /** The start of the first point, in seconds: a multiple of {@link Rollup.step}. */
  readonly from: number;
  /** Seconds from one point to the next: a multiple of {@link Rollup.step}. */
  readonly step: number;
  readonly points: number;
  /** One that the kind has. */
  readonly statistic: Statistic;
}

/**
 * Where history is kept. The backend merges what is recorded within one bucket of the finest rollup, and hands each such
 * increment to the store, which adds it to the bucket of every rollup that still keeps that time.
 *
 * The first four methods are called within recording: they never throw, block or wait. A store answers for each sample
 * it is given, by `settle` or `lose`, then or later; until then it is pending. `flush` and `close` never reject; reads
 * may, where a server does not answer.
 */
export interface TimeSeriesStore {
  /** Called once, before anything else. */
  start(host: StoreHost): void;

  /**
   * Adds to a counter.
   *
   * @param time the start of a bucket of the finest rollup, in seconds; perhaps one of the past. Not refused by the
   *   backend because of its age: that is for the store to decide, per rollup, by `oldestBucket`.
   * @param sum finite.
   */
  counter(series: StoredSeries, time: number, sum: number, samples: number): void;
  /** Of readings with different times the latest has the last value; of those with equal times the one given last. */
  gauge(series: StoredSeries, time: number, reading: GaugeReading, samples: number): void;
  /**
   * Values of a timing or a distribution, or the members of a set as their `memberHash`. One sample each.
   *
   * @param values only valid during the call, to be read from 0 to `length`.
   */
  values(series: StoredSeries, time: number, values: Float64Array, length: number): void;

  /** Resolves when everything given before the call is settled, or waits for a server that is away. */
  flush(): Promise<void>;
  /** Best effort without waiting, for the end of the process. */
  flushSync?(): void;
  /** Flushes within `timeout` milliseconds, loses the rest under `timeout`, and releases everything. */
  close(options: { readonly timeout: number }): Promise<void>;

  /** The keys that have a history, in any order. */
  keys(): Promise<readonly string[]>;
  /** The series of a key, each with a history; where kinds differ (of another process, an older release) the newest last. */
  series(key: string): Promise<readonly StoredSeries[]>;
  /**
   * One number a point, over all of the series together: everything that lies in the buckets from `from + index * step`
   * until the next point. `undefined` where nothing was recorded, except that a counter is 0 there.
   *
   * @param series of one kind.
   */
  read(series: readonly StoredSeries[], query: StoreQuery): Promise<readonly (number | undefined)[]>;
}
