// The parts of datadog-metrics that model metrics. Its entry point loads the API client of Datadog, 7,000 modules that we
// do not use; these files load nothing. They lie beside their types, so the compiler has to be told.
declare module 'datadog-metrics/lib/aggregators.js' {
  export { Aggregator } from 'datadog-metrics/dist/lib/aggregators.js';
}
declare module 'datadog-metrics/lib/metrics.js' {
  export { Counter, Distribution, Gauge, Histogram, Metric } from 'datadog-metrics/dist/lib/metrics.js';
}
