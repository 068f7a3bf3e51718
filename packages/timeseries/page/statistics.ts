// The statistics that the page offers for a kind of metric.
import type { SeriesResponse } from '../src/http/responses.js';

/** All three in one chart. */
export const PERCENTILES = 'p50, p95, p99';
const VALUE_STATISTICS = ['p50', 'p75', 'p90', 'p95', 'p99', 'mean', 'min', 'max', 'count', 'sum'];

/**
 * Returns the statistics of a kind of metric, the default first.
 *
 * @param isGrouped true if there is a line for each value of a tag, with one statistic.
 */
export function statisticsFor(kind: SeriesResponse['kind'], isGrouped: boolean): readonly string[] {
  if (kind === 'timing' || kind === 'distribution')
    return isGrouped
      ? ['p95', ...VALUE_STATISTICS.filter((each) => each !== 'p95')]
      : [PERCENTILES, ...VALUE_STATISTICS];
  if (kind === 'gauge') return ['last', 'min', 'max'];
  return kind === 'set' ? ['count'] : ['sum'];
}

/** Returns true if the sum of a statistic's points over a range is meaningful. */
export function addsUp(statistic: string, kind: SeriesResponse['kind']): boolean {
  return kind !== 'set' && (statistic === 'sum' || statistic === 'count');
}

/** Returns the unit of a statistic's values. */
export function unitOf(statistic: string, unit: string | null): string {
  return statistic === 'count' ? '' : (unit ?? '');
}
