// @metrics/logging in browsers and edge runtimes.
import { unavailable } from '@metrics/core/backend';
import type * as backend from './index.js';

export const createBackend: typeof backend.createBackend = /* @__PURE__ */ unavailable('@metrics/logging');
export const LoggingBackend: typeof backend.LoggingBackend = /* @__PURE__ */ unavailable('LoggingBackend');
export const metricsFormat: typeof backend.metricsFormat = /* @__PURE__ */ unavailable(
  'metricsFormat() of @metrics/logging',
);
export const metricsJsonFormat: typeof backend.metricsJsonFormat = /* @__PURE__ */ unavailable(
  'metricsJsonFormat() of @metrics/logging',
);
