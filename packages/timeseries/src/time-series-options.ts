import { MemoryStore } from './memory/memory-store.js';
import { checkedRollups, DEFAULT_ROLLUPS, type Rollup } from './rollup.js';
import type { TimeSeriesStore } from './time-series-store.js';

export interface TimeSeriesOptions {
  /** Where history is kept: in memory, or on Redis, where processes share it. @default `new MemoryStore()` */
  readonly store?: TimeSeriesStore | undefined;
  /**
   * The resolutions of the history, each with its own length; every sample is written to all of them. The steps must be
   * multiples of the finest.
   *
   * @default an hour in steps of 10 s, a week in steps of an hour, 90 days in steps of a day
   */
  readonly rollups?: readonly Rollup[] | undefined;
  /**
   * Which metrics to keep beside those that say `internal: true`: by key, or by its beginning, `jobs.*`; `*` is all.
   *
   * @default none
   */
  readonly include?: readonly string[] | undefined;
  /**
   * Milliseconds between flushes: until other processes see a sample on Redis, and until idle history is freed. Reads
   * through this backend see every sample at once.
   *
   * @default 10_000
   */
  readonly flushInterval?: number | undefined;
  /**
   * Milliseconds since the epoch. One that is given is read for every sample; the default one, to save time, every
   * 256 samples and every 100 ms at least.
   *
   * @default Date.now
   */
  readonly clock?: (() => number) | undefined;
}

export interface CheckedTimeSeriesOptions extends TimeSeriesOptions {
  readonly store: TimeSeriesStore;
  readonly rollups: readonly Rollup[];
  readonly include: readonly string[];
  readonly flushInterval: number;
}

const LONGEST_INTERVAL = 2 ** 31 - 1;

/**
 * Fills in the defaults.
 *
 * @throws {TypeError} or {@link RangeError}, naming the option and showing its value.
 */
export function checkedTimeSeriesOptions(options: TimeSeriesOptions): CheckedTimeSeriesOptions {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`options must be an object, not ${String(options)}.`);
  const { include = [], flushInterval = 10_000, clock } = options;
  if (!Array.isArray(include) || include.some((pattern) => typeof pattern !== 'string'))
    throw new TypeError("include must be a list of keys such as 'jobs.failed' or 'jobs.*'.");
  if (!(flushInterval >= 10 && flushInterval <= LONGEST_INTERVAL))
    throw new RangeError(`flushInterval must be from 10 to ${LONGEST_INTERVAL} milliseconds, not ${flushInterval}.`);
  if (clock !== undefined && typeof clock !== 'function')
    throw new TypeError(`clock must be a function, not ${String(clock)}.`);
  const { store = new MemoryStore(), rollups = DEFAULT_ROLLUPS } = options;
  if (typeof store?.values !== 'function') throw new TypeError('store must be a store, such as new MemoryStore().');
  return { store, rollups: checkedRollups(rollups), include: [...include], flushInterval, clock };
}
