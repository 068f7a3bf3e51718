/**
 * A page and JSON over HTTP.
 *
 * @module @metrics/timeseries/handler
 */
export type { TimeSeriesReads } from './http/routes.js';
export {
  type HandlerRequest,
  type HandlerResponse,
  type TimeSeriesHandler,
  type TimeSeriesHandlerOptions,
  timeSeriesHandler,
} from './http/time-series-handler.js';
