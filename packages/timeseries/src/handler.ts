export {
  type TimeSeriesHandler,
  type TimeSeriesHandlerOptions,
  timeSeriesHandler,
} from './http/time-series-handler.js';
