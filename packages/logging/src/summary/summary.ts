/** What is told of the values of one window. Sum and mean are left out where they are too large for a number. */
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
 * Sorts the values, at least one, and summarises them exactly. A percentile is by nearest rank: the smallest value that
 * at least so many percent of the values do not exceed.
 *
 * @see https://en.wikipedia.org/wiki/Percentile#The_nearest-rank_method
 */
export function summaryOf(values: Float64Array): Summary {
  values.sort();
  const count = values.length;
  let sum = 0;
  for (const value of values) sum += value;
  // In whole numbers: 0.95 × 20 need not be 19.
  const percentile = (percent: number): number => values[Math.ceil((percent * count) / 100) - 1]!;
  return {
    count,
    sum: finite(sum),
    min: values[0]!,
    max: values[count - 1]!,
    mean: finite(sum / count),
    p50: percentile(50),
    p95: percentile(95),
    p99: percentile(99),
  };
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
