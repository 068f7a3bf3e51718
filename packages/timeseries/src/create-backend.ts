import { MemoryStore } from './memory/memory-store.js';
import type { MemoryStoreOptions } from './memory/memory-store-options.js';
import { TimeSeriesBackend } from './time-series-backend.js';
import type { TimeSeriesOptions } from './time-series-options.js';

/**
 * Creates the backend for `configure({ backend: '@metrics/timeseries', options })`. The options of the memory store and
 * those of the backend are in one object, so that a configuration file can contain both.
 *
 * @throws {TypeError} or {@link RangeError} if an option is invalid, naming it and showing its value.
 */
export function createBackend(options: TimeSeriesOptions & MemoryStoreOptions = {}): TimeSeriesBackend {
  const { maxSeries, maxBytes, snapshot, ...others } = options;
  return new TimeSeriesBackend({ store: new MemoryStore({ maxSeries, maxBytes, snapshot }), ...others });
}
