/** The statistics of one window's values. Sum and mean are undefined if they overflow. */
export interface Summary {
  readonly count: number;
  readonly sum: number | undefined;
  readonly min: number;
  readonly max: number;
  readonly mean: number | undefined;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/**
 * Sorts at least one value and computes exact statistics. Percentiles are by nearest rank: the smallest value that at least
 * that percentage of the values does not exceed.
 *
 * @see https://en.wikipedia.org/wiki/Percentile#The_nearest-rank_method
 */
export function summarize(values: Float64Array): Summary {
  values.sort();
  const count = values.length;
  let sum = 0;
  for (const value of values) sum += value;
  // Multiplies integers, because 0.95 × 20 need not be exactly 19.
  const percentile = (percent: number): number => values[Math.ceil((percent * count) / 100) - 1]!;
  return {
    count,
    sum: finiteOrUndefined(sum),
    min: values[0]!,
    max: values[count - 1]!,
    mean: finiteOrUndefined(sum / count),
    p50: percentile(50),
    p95: percentile(95),
    p99: percentile(99),
  };
}

function finiteOrUndefined(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
