// @metrics/datadog in browsers and edge runtimes.
import { unavailable } from '@metrics/core/backend';
import type * as backend from './index.js';

export const createBackend: typeof backend.createBackend = /* @__PURE__ */ unavailable('@metrics/datadog');
export const DatadogMetricsBackend: typeof backend.DatadogMetricsBackend =
  /* @__PURE__ */ unavailable('DatadogMetricsBackend');
