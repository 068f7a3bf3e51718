import { MemoryStore } from './memory/memory-store.js';
import type { MemoryStoreOptions } from './memory/memory-store-options.js';
import { TimeSeriesBackend } from './time-series-backend.js';
import type { TimeSeriesOptions } from './time-series-options.js';

/**
 * What `configure({ backend: '@metrics/timeseries', options })` calls. Options of the store in memory may stand beside
 * those of the backend, so that a configuration file can give them.
 */
export function createBackend(options: TimeSeriesOptions & MemoryStoreOptions = {}): TimeSeriesBackend {
  const { maxSeries, maxBytes, snapshot, ...others } = options;
  return new TimeSeriesBackend({ store: new MemoryStore({ maxSeries, maxBytes, snapshot }), ...others });
}
