import { checkKnownOptions, checkOptionsObject } from '@metrics/core/backend';
import { MemoryStore } from './memory/memory-store.js';
import { MEMORY_STORE_OPTIONS, type MemoryStoreOptions } from './memory/memory-store-options.js';
import { TimeSeriesBackend } from './time-series-backend.js';
import { TIME_SERIES_OPTIONS, type TimeSeriesOptions } from './time-series-options.js';

/**
 * Creates the backend for `configure({ backend: '@metrics/timeseries', options })`. The options of the memory store and
 * those of the backend are in one object, so that a configuration file can contain both.
 *
 * @throws {TypeError | RangeError} if an option is invalid, naming it and showing its value.
 */
export function createBackend(options: TimeSeriesOptions & MemoryStoreOptions = {}): TimeSeriesBackend {
  checkOptionsObject(options);
  checkKnownOptions('@metrics/timeseries', options, [...TIME_SERIES_OPTIONS, ...MEMORY_STORE_OPTIONS]);
  const { maxSeries, maxBytes, snapshot, ...others } = options;
  const ignored = MEMORY_STORE_OPTIONS.find((name) => options.store !== undefined && options[name] !== undefined);
  if (ignored !== undefined) throw new TypeError(`${ignored} has no effect with store: pass it to the store.`);
  return new TimeSeriesBackend({ store: new MemoryStore({ maxSeries, maxBytes, snapshot }), ...others });
}
