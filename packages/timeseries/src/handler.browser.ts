// @metrics/timeseries/handler in browsers and edge runtimes.
import { unavailable } from '@metrics/core/backend';
import type * as entry from './handler.js';

export const timeSeriesHandler: typeof entry.timeSeriesHandler = /* @__PURE__ */ unavailable(
  'timeSeriesHandler() of @metrics/timeseries/handler',
);
