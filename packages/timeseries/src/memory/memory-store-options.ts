// Options of the memory store.
import { checkInteger, checkKnownOptions, checkOptionsObject, describeValue } from '@metrics/core/backend';
import { checkTimerDelay } from '../timer-delay.js';

/** Options of {@link MemoryStore}. */
export interface MemoryStoreOptions {
  /**
   * Maximum number of series. Beyond it a new series replaces one that was not written for the span of the finest rollup,
   * the longest idle first. If there is none, samples of new series are dropped as `store_full`.
   *
   * @default 20_000
   */
  readonly maxSeries?: number | undefined;
  /** Maximum memory of the history in bytes, by estimate. At the limit the same happens. @default 134_217_728, 128 MiB */
  readonly maxBytes?: number | undefined;
  /** A file that keeps history across a restart. @default none */
  readonly snapshot?: SnapshotOptions | undefined;
}

/** Options of {@link MemoryStoreOptions.snapshot}. */
export interface SnapshotOptions {
  /** Path of the file; each process needs its own. The folder must exist. */
  readonly path: string;
  /** Milliseconds between writes, which a crash may cost. The file is also written at close and exit. @default 60_000 */
  readonly interval?: number | undefined;
}

export const MEMORY_STORE_OPTIONS = ['maxSeries', 'maxBytes', 'snapshot'] as const;

export interface ResolvedMemoryStoreOptions {
  readonly maxSeries: number;
  readonly maxBytes: number;
  readonly snapshot: { readonly path: string; readonly interval: number } | undefined;
}

/**
 * Returns the options with defaults filled in.
 *
 * @throws {TypeError | RangeError}, naming the option and showing its value.
 */
export function resolveMemoryStoreOptions(options: MemoryStoreOptions): ResolvedMemoryStoreOptions {
  checkOptionsObject(options);
  checkKnownOptions('MemoryStore', options, MEMORY_STORE_OPTIONS);
  const { maxSeries = 20_000, maxBytes = 128 * 2 ** 20, snapshot } = options;
  checkInteger('maxSeries', maxSeries, 1, Number.MAX_SAFE_INTEGER);
  checkInteger('maxBytes', maxBytes, 65_536, Number.MAX_SAFE_INTEGER);
  if (snapshot === undefined) return { maxSeries, maxBytes, snapshot };
  if (typeof snapshot !== 'object' || snapshot === null)
    throw new TypeError(`snapshot must be an object such as { path: 'history' }, not ${describeValue(snapshot)}.`);
  checkKnownOptions('snapshot', snapshot, ['path', 'interval']);
  const { path, interval = 60_000 } = snapshot;
  if (typeof path !== 'string' || path === '')
    throw new TypeError(`snapshot.path must be a non-empty string, not ${describeValue(path)}.`);
  checkTimerDelay('snapshot.interval', interval, 100);
  return { maxSeries, maxBytes, snapshot: { path, interval } };
}
