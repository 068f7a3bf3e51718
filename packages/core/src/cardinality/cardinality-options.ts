import type { RegisterOptions } from '../engine/registration.js';

/** `report` changes nothing and tells what `guard` would do; `strict` throws; `off` looks at nothing. */
export type CardinalityMode = 'report' | 'guard' | 'strict' | 'off';

/** One number for all, or by metric, or by metric and tag; `'*'` stands for every metric not named. */
export type CardinalityLimit =
  | number
  | { readonly [metric: string]: number | { readonly [tag: string]: number | undefined } | undefined };

/** How many series an application may open, and which tags it had better not use. */
export interface CardinalityOptions {
  /** `METRICS_CARDINALITY_MODE` overrides it. @default 'guard'; 'strict' where `register` is strict */
  readonly mode?: CardinalityMode | undefined;
  /** More tag keys with one value per operation, which are left out: `['order_no', '*_hash']`. */
  readonly never?: readonly string[] | undefined;
  /** More tag keys with few values in the beginning and very many at scale: 20 values are kept. */
  readonly avoid?: readonly string[] | undefined;
  /** Tag keys that are fine after all, by metric or for all: `{ 'beta.used': ['org_id'], '*': ['broker_id'] }`. */
  readonly allow?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Values of one tag at which a problem is told. @default 100 */
  readonly warnAt?: CardinalityLimit | undefined;
  /** Values of one tag that are kept; any other becomes `__other__`. @default 500 */
  readonly maxValuesPerTag?: CardinalityLimit | undefined;
  /** @default 10_000 */
  readonly maxSeriesPerMetric?: number | undefined;
  /** Of all metrics. @default 100_000 */
  readonly maxSeries?: number | undefined;
  /** Keys; samples of any other are dropped. @default 5000 */
  readonly maxMetrics?: number | undefined;
  /** Milliseconds without a sample after which a series is released; 0 keeps every series for ever. @default 600_000 */
  readonly idleAfter?: number | undefined;
}

const MODES: readonly string[] = ['report', 'guard', 'strict', 'off'] satisfies CardinalityMode[];

/** @throws RangeError for what is no mode, also in the environment, and for bounds that are none. */
export function cardinalityMode({ cardinality, strict }: RegisterOptions): CardinalityMode {
  const given = globalThis.process?.env?.['METRICS_CARDINALITY_MODE'] || cardinality?.mode;
  const mode = given ?? (strict ? 'strict' : 'guard');
  if (!MODES.includes(mode)) throw new RangeError(`The cardinality mode is one of ${MODES.join(', ')}, not ${mode}`);
  for (const name of ['maxSeriesPerMetric', 'maxSeries', 'maxMetrics', 'idleAfter'] as const) {
    const bound = cardinality?.[name];
    if (bound !== undefined && !(bound >= 0)) throw new RangeError(`cardinality.${name} is at least 0, not ${bound}`);
  }
  return mode as CardinalityMode;
}
