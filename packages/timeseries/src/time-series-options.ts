// Options of the backend.
import { checkFunction, checkKnownOptions, checkOptionsObject, describeValue } from '@metrics/core/backend';
import { MemoryStore } from './memory/memory-store.js';
import { DEFAULT_ROLLUPS, type Rollup, resolveRollups } from './rollup.js';
import type { TimeSeriesStore } from './time-series-store.js';
import { checkTimerDelay } from './timer-delay.js';

/** Options of {@link TimeSeriesBackend}. */
export interface TimeSeriesOptions {
  /** The store of the history: in memory, or on Redis, where processes share it. @default `new MemoryStore()` */
  readonly store?: TimeSeriesStore | undefined;
  /**
   * The resolutions of the history, each with its own length. Every sample is written to all of them. The steps must be
   * multiples of the finest.
   *
   * @default an hour in steps of 10 s, a week in steps of an hour, 90 days in steps of a day
   */
  readonly rollups?: readonly Rollup[] | undefined;
  /**
   * Keys of metrics to keep in addition to those recorded with `internal: true`. `*` stands for any number of characters:
   * `jobs.failed`, `jobs.*`, `*`.
   *
   * @default none
   */
  readonly include?: readonly string[] | undefined;
  /**
   * Milliseconds between flushes. A flush sends samples to Redis, for other processes to see, and frees expired history.
   * Reads through this backend always see every sample.
   *
   * @default 10_000
   */
  readonly flushInterval?: number | undefined;
  /**
   * Returns milliseconds since the epoch. A custom clock is read for every sample; the default one, to save time, at
   * least every 256 samples and every 100 ms.
   *
   * @default Date.now
   */
  readonly clock?: (() => number) | undefined;
}

export interface ResolvedTimeSeriesOptions extends TimeSeriesOptions {
  readonly store: TimeSeriesStore;
  readonly rollups: readonly Rollup[];
  readonly include: readonly string[];
  readonly flushInterval: number;
}

export const TIME_SERIES_OPTIONS: readonly (keyof TimeSeriesOptions)[] = [
  'store',
  'rollups',
  'include',
  'flushInterval',
  'clock',
];
/** All methods that a store has. */
const STORE_METHODS = ['start', 'counter', 'gauge', 'values', 'flush', 'close', 'keys', 'series', 'read'] as const;

/**
 * Returns the options with defaults filled in.
 *
 * @throws {TypeError | RangeError}, naming the option and showing its value.
 */
export function resolveTimeSeriesOptions(options: TimeSeriesOptions): ResolvedTimeSeriesOptions {
  checkOptionsObject(options);
  checkKnownOptions('TimeSeriesBackend', options, TIME_SERIES_OPTIONS);
  const { include = [], flushInterval = 10_000, clock } = options;
  if (!Array.isArray(include) || include.some((pattern) => typeof pattern !== 'string'))
    throw new TypeError(
      `include must be a list of keys such as ['jobs.failed', 'jobs.*'], not ${Array.isArray(include) ? 'a list with other values' : describeValue(include)}.`,
    );
  checkTimerDelay('flushInterval', flushInterval, 10);
  checkFunction('clock', clock);
  const { store = new MemoryStore(), rollups = DEFAULT_ROLLUPS } = options;
  const missing = STORE_METHODS.find((method) => typeof store?.[method] !== 'function');
  if (missing !== undefined)
    throw new TypeError(
      `store must be a store, such as new MemoryStore(); ${describeValue(store)} has no ${missing}().`,
    );
  return { store, rollups: resolveRollups(rollups), include: [...include], flushInterval, clock };
}
