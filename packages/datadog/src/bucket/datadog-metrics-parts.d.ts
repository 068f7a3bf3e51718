// The classes of datadog-metrics that model metrics, with exact types. Its entry point loads Datadog's API client, 7,000
// modules that this package does not use; this file of it loads nothing.
declare module 'datadog-metrics/lib/metrics.js' {
  /** A series in the form of version 1 of the API, without the interval. */
  export interface DatadogSeries {
    readonly metric: string;
    readonly type: 'count' | 'gauge' | 'distribution';
    /** Pairs of seconds since the epoch and the value; in a distribution, the values. */
    readonly points: readonly (readonly [number, number | readonly number[]])[];
    /** Empty for none. */
    readonly host: string;
    readonly tags: readonly string[];
  }

  class Metric {
    constructor(name: string, tags: string[], host: string);
    /** The last point's seconds since the epoch; the date of the series, except for a distribution. */
    timestamp: number;
    addPoint(value: number, milliseconds: number): void;
    flush(): DatadogSeries[];
  }
  export class Counter extends Metric {}
  export class Gauge extends Metric {}
  export class Distribution extends Metric {}
  export class Histogram extends Metric {
    count: number;
    samples: number[];
    median(sorted: readonly number[]): number;
  }
}
