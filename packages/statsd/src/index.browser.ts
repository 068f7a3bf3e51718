// @metrics/statsd in browsers and edge runtimes.
import { unavailable } from '@metrics/core/backend';
import type * as backend from './index.js';

export const createBackend: typeof backend.createBackend = /* @__PURE__ */ unavailable('@metrics/statsd');
export const StatsdMetricsBackend: typeof backend.StatsdMetricsBackend =
  /* @__PURE__ */ unavailable('StatsdMetricsBackend');
