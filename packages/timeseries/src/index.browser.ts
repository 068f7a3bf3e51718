// @metrics/timeseries in browsers and edge runtimes.
import { unavailable } from '@metrics/core/backend';
import type * as backend from './index.js';

export const createBackend: typeof backend.createBackend = /* @__PURE__ */ unavailable('@metrics/timeseries');
export const MemoryStore: typeof backend.MemoryStore = /* @__PURE__ */ unavailable('MemoryStore');
export const TimeSeriesBackend: typeof backend.TimeSeriesBackend = /* @__PURE__ */ unavailable('TimeSeriesBackend');
