// The types of OpenTelemetry's SDK that the package uses, by their structure: those of the 2.x and 3.x lines alike, so that it
// depends on neither. Enums are numbers, as they are at run time.

export const DataPointType = { HISTOGRAM: 0, EXPONENTIAL_HISTOGRAM: 1, GAUGE: 2, SUM: 3 } as const;
export const Temporality = { DELTA: 0, CUMULATIVE: 1 } as const;
/** The only type of values: those of the facade may have fractions. */
export const DOUBLE = 1;
export const EXPONENTIAL_HISTOGRAM_AGGREGATION = 5;

/** Seconds and nanoseconds. */
export type HrTime = [seconds: number, nanoseconds: number];

interface HistogramValue {
  readonly buckets: { readonly boundaries: number[]; readonly counts: number[] };
  readonly sum: number;
  readonly count: number;
}

export interface ExponentialBuckets {
  readonly offset: number;
  readonly bucketCounts: number[];
}

interface ExponentialHistogramValue {
  readonly sum: number;
  readonly count: number;
  readonly scale: number;
  readonly zeroCount: number;
  readonly positive: ExponentialBuckets;
  readonly negative: ExponentialBuckets;
}

export interface DataPoint {
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly attributes: Record<string, string>;
  readonly value: number | HistogramValue | ExponentialHistogramValue;
}

export interface MetricData {
  readonly descriptor: {
    readonly name: string;
    readonly description: string;
    readonly unit: string;
    readonly valueType: number;
    readonly type: string;
    readonly advice: object;
  };
  readonly aggregationTemporality: number;
  readonly dataPointType: number;
  readonly isMonotonic?: boolean;
  readonly dataPoints: DataPoint[];
}

interface ResourceData {
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface ResourceMetrics {
  readonly resource: ResourceData;
  readonly scopeMetrics: {
    readonly scope: { readonly name: string; readonly version?: string };
    readonly metrics: MetricData[];
  }[];
}

/** A `PushMetricExporter`, such as an `OTLPMetricExporter`. */
export interface MetricExporter {
  /** Exports metrics and calls back with the result: code 0 for success. */
  export(metrics: never, callback: (result: { code: number; error?: Error | undefined }) => void): void;
  /** Resolves when everything exported before the call was handed over. */
  forceFlush(): Promise<void>;
  /** Flushes and releases everything. */
  shutdown(): Promise<void>;
  /** Returns 0 if it takes changes since the last export, 1 if it takes totals. @default 1 */
  selectAggregationTemporality?(instrumentType: never): number;
  /** Returns the aggregation that it takes for an instrument. Only exponential histograms differ from the default. */
  selectAggregation?(instrumentType: never): {
    /** The number of the aggregation: 5 is an exponential histogram. */
    readonly type: number;
    /** Options of the aggregation, such as `maxSize`. */
    readonly options?: object | undefined;
  };
}

/** A `Resource` of the SDK. */
export interface ResourceLike {
  /** Attributes of what produces the metrics, such as `service.name`. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** True if some attributes are not known yet. */
  readonly asyncAttributesPending?: boolean | undefined;
  /** Resolves when all attributes are known. */
  waitForAsyncAttributes?(): Promise<void>;
}
