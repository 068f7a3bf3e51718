export interface MemoryStoreOptions {
  /**
   * How many series are kept. Beyond it series that were not written for the span of the finest rollup make room, those
   * written longest ago first; where there is none, samples of new series are lost under `store_full`.
   *
   * @default 20_000
   */
  readonly maxSeries?: number | undefined;
  /** How many bytes history takes, by estimate. At the bound the same happens. @default 134_217_728, 128 MiB */
  readonly maxBytes?: number | undefined;
  /** A file that history is written to and read from, so that a restart keeps it. @default none */
  readonly snapshot?: SnapshotOptions | undefined;
}

export interface SnapshotOptions {
  /** One for each process. Its folder must exist. */
  readonly path: string;
  /** Milliseconds between writes; what a crash may cost. It is also written at close and exit. @default 60_000 */
  readonly interval?: number | undefined;
}

export interface CheckedMemoryStoreOptions {
  readonly maxSeries: number;
  readonly maxBytes: number;
  readonly snapshot: { readonly path: string; readonly interval: number } | undefined;
}

const LONGEST_INTERVAL = 2 ** 31 - 1;

/**
 * Fills in the defaults.
 *
 * @throws {TypeError} or {@link RangeError}, naming the option and showing its value.
 */
export function checkedMemoryStoreOptions(options: MemoryStoreOptions): CheckedMemoryStoreOptions {
  const { maxSeries = 20_000, maxBytes = 128 * 2 ** 20, snapshot } = options;
  if (!Number.isSafeInteger(maxSeries) || maxSeries < 1)
    throw new RangeError(`maxSeries must be a whole number of at least 1, not ${String(maxSeries)}.`);
  if (!Number.isSafeInteger(maxBytes) || maxBytes < 2 ** 16)
    throw new RangeError(`maxBytes must be a whole number of at least 65,536, not ${String(maxBytes)}.`);
  if (snapshot === undefined) return { maxSeries, maxBytes, snapshot };
  const { path, interval = 60_000 } = snapshot;
  if (typeof path !== 'string' || path === '')
    throw new TypeError(`snapshot.path must be a non-empty string, not ${path}.`);
  if (!(interval >= 100 && interval <= LONGEST_INTERVAL))
    throw new RangeError(`snapshot.interval must be from 100 to ${LONGEST_INTERVAL} milliseconds, not ${interval}.`);
  return { maxSeries, maxBytes, snapshot: { path, interval } };
}
