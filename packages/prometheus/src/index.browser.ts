// @metrics/prometheus in browsers and edge runtimes.
import { unavailable } from '@metrics/core/backend';
import type * as backend from './index.js';

export const createBackend: typeof backend.createBackend = /* @__PURE__ */ unavailable('@metrics/prometheus');
export const PrometheusBackend: typeof backend.PrometheusBackend = /* @__PURE__ */ unavailable('PrometheusBackend');
export const prometheusHandler: typeof backend.prometheusHandler = /* @__PURE__ */ unavailable(
  'prometheusHandler() of @metrics/prometheus',
);
