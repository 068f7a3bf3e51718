// The `cardinality` options of `register`.

/** `report` only reports what `guard` would do; `strict` throws; `off` disables the guard. */
export type CardinalityMode = 'report' | 'guard' | 'strict' | 'off';

/** One number for all tags, or by metric, or by metric and tag. `'*'` covers every metric that is not named. */
export type CardinalityLimit =
  | number
  | { readonly [metric: string]: number | { readonly [tag: string]: number | undefined } | undefined };

/** Limits on the series that an application may open, and the tags to drop or to limit. */
export interface CardinalityOptions {
  /** `METRICS_CARDINALITY_MODE` overrides it. @default 'guard', or 'strict' if `register` is strict */
  readonly mode?: CardinalityMode | undefined;
  /** More tag keys with one value per operation, which are dropped: `['order_no', '*_hash']`. */
  readonly never?: readonly string[] | undefined;
  /** More tag keys with few values at first and very many at scale: 20 distinct values are kept. */
  readonly avoid?: readonly string[] | undefined;
  /** Tag keys that are allowed after all, by metric or for all: `{ 'beta.used': ['org_id'], '*': ['broker_id'] }`. */
  readonly allow?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Number of distinct values of a tag that triggers a warning. @default 100 */
  readonly warnAt?: CardinalityLimit | undefined;
  /** Maximum number of distinct values of a tag; any other becomes `__other__`. @default 500 */
  readonly maxValuesPerTag?: CardinalityLimit | undefined;
  /** Maximum number of series of one metric. @default 10_000 */
  readonly maxSeriesPerMetric?: number | undefined;
  /** Maximum number of series of all metrics. @default 100_000 */
  readonly maxSeries?: number | undefined;
  /** Maximum number of metrics; samples of any other are dropped. @default 5000 */
  readonly maxMetrics?: number | undefined;
  /** Milliseconds without a sample until a series is released; 0 keeps every series forever. @default 600_000 */
  readonly idleAfter?: number | undefined;
}
