// @metrics/dogstatsd in browsers and edge runtimes.
import { unavailable } from '@metrics/core/backend';
import type * as backend from './index.js';

export const createBackend: typeof backend.createBackend = /* @__PURE__ */ unavailable('@metrics/dogstatsd');
export const DogStatsdMetricsBackend: typeof backend.DogStatsdMetricsBackend =
  /* @__PURE__ */ unavailable('DogStatsdMetricsBackend');
