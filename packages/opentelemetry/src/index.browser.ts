// @metrics/opentelemetry in browsers and edge runtimes.
import { unavailable } from '@metrics/core/backend';
import type * as backend from './index.js';

export const createBackend: typeof backend.createBackend = /* @__PURE__ */ unavailable('@metrics/opentelemetry');
export const OpenTelemetryBackend: typeof backend.OpenTelemetryBackend =
  /* @__PURE__ */ unavailable('OpenTelemetryBackend');
