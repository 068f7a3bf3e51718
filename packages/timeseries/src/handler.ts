// The subpath @metrics/timeseries/handler: a page and JSON over HTTP.

export type { TimeSeriesReads } from './http/routes.js';
export {
  type HandlerRequest,
  type HandlerResponse,
  type TimeSeriesHandler,
  type TimeSeriesHandlerOptions,
  timeSeriesHandler,
} from './http/time-series-handler.js';
