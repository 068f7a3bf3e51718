// The statistics that the page offers for a kind of metric.
import type { SeriesResponse } from '../src/http/responses.js';

const VALUE_STATISTICS = ['mean', 'p50', 'p75', 'p90', 'p95', 'p99', 'min', 'max', 'count', 'sum'];

/** Returns the statistics of a kind of metric, the default first. */
export function statisticsFor(kind: SeriesResponse['kind']): readonly string[] {
  if (kind === 'timing' || kind === 'distribution') return VALUE_STATISTICS;
  if (kind === 'gauge') return ['last', 'min', 'max'];
  return kind === 'set' ? ['count'] : ['sum'];
}

/** Returns true if the sum of a statistic's points over a range is meaningful. */
export function addsUp(statistic: string, kind: SeriesResponse['kind']): boolean {
  return kind !== 'set' && (statistic === 'sum' || statistic === 'count');
}
