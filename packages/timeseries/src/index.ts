/**
 * The backend that keeps a history, the memory store and the contract of a store.
 *
 * @module @metrics/timeseries
 */
export { createBackend } from './create-backend.js';
export { MemoryStore } from './memory/memory-store.js';
export type { MemoryStoreOptions, SnapshotOptions } from './memory/memory-store-options.js';
export type { GroupedRangeOptions, RangeOptions, ReadOptions } from './read-options.js';
export type { Rollup } from './rollup.js';
export type { Statistic } from './statistic.js';
export type { StoredSeries } from './stored-series.js';
export { TimeSeriesBackend } from './time-series-backend.js';
export type { TimeSeriesOptions } from './time-series-options.js';
export type { Point, TopEntry } from './time-series-reader.js';
export type { GaugeReading, StoreHost, StoreQuery, TimeSeriesStore } from './time-series-store.js';
