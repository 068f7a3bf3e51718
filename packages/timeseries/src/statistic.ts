import type { MetricKind } from '@metrics/core';
import { describeValue } from '@metrics/core/backend';

/**
 * A statistic of the samples in a bucket. `p50` … `p99.9` are percentiles, within 1 % of a sample's value.
 *
 * | kind | statistics, the default first |
 * | --- | --- |
 * | counter | `sum` |
 * | gauge | `last` (of several series: the sum of their last values), `min`, `max` |
 * | timing, distribution | `mean`, `count`, `sum`, `min`, `max`, percentiles |
 * | set | `count`: the number of distinct members |
 */
export type Statistic = 'sum' | 'count' | 'min' | 'max' | 'mean' | 'last' | `p${number}`;

const STATISTICS: Readonly<Record<MetricKind, readonly [Statistic, ...Statistic[]]>> = {
  counter: ['sum'],
  gauge: ['last', 'min', 'max'],
  timing: ['mean', 'count', 'sum', 'min', 'max'],
  distribution: ['mean', 'count', 'sum', 'min', 'max'],
  set: ['count'],
};

const ALL_STATISTICS: ReadonlySet<string> = new Set(Object.values(STATISTICS).flat());

/**
 * Returns the statistic to read of a kind of metric: the requested one, or the default of the kind.
 *
 * @throws {TypeError} if the kind does not have that statistic.
 */
export function resolveStatistic(kind: MetricKind, statistic: Statistic | undefined): Statistic {
  const known = STATISTICS[kind];
  if (statistic === undefined) return known[0];
  if (known.includes(statistic)) return statistic;
  const hasPercentiles = known.includes('mean');
  if (hasPercentiles && parseQuantile(statistic) !== undefined) return statistic;
  const offer = [...known, ...(hasPercentiles ? ['p50', 'p99'] : [])].join(', ');
  throw new TypeError(`statistic of a ${kind} must be one of ${offer}, not ${statistic.slice(0, 40)}.`);
}

/** @throws {TypeError} if no kind of metric has the statistic. */
export function checkStatistic(statistic: Statistic | undefined): void {
  const isKnown =
    statistic === undefined ||
    (typeof statistic === 'string' && (ALL_STATISTICS.has(statistic) || parseQuantile(statistic) !== undefined));
  if (!isKnown)
    throw new TypeError(
      `statistic must be one of ${[...ALL_STATISTICS].join(', ')}, p50, p99, not ${describeValue(statistic)}.`,
    );
}

/** Returns the quantile of a percentile, such as 0.99 for `p99`; `undefined` for any other statistic. */
export function parseQuantile(statistic: Statistic): number | undefined {
  const digits = /^p(\d{1,3}(?:\.\d{1,6})?)$/.exec(statistic)?.[1];
  const percent = Number(digits);
  return percent >= 0 && percent <= 100 ? percent / 100 : undefined;
}
