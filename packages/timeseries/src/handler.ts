export { type TimeSeriesHandler, type TimeSeriesHandlerOptions, timeSeriesHandler } from './time-series-handler.js';
