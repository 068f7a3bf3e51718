// The subpath @metrics/timeseries/handler: a page and JSON over HTTP.

export {
  type TimeSeriesHandler,
  type TimeSeriesHandlerOptions,
  timeSeriesHandler,
} from './http/time-series-handler.js';
