import type { SeriesAnswer } from '../src/http/responses.js';

const OF_VALUES = ['mean', 'p50', 'p75', 'p90', 'p95', 'p99', 'min', 'max', 'count', 'sum'];

/** What can be read of a kind of metric, the default first. */
export function statisticsOf(kind: SeriesAnswer['kind']): readonly string[] {
  if (kind === 'timing' || kind === 'distribution') return OF_VALUES;
  if (kind === 'gauge') return ['last', 'min', 'max'];
  return kind === 'set' ? ['count'] : ['sum'];
}

/** Whether the points of a statistic add up to something over a range. */
export function addsUp(statistic: string, kind: SeriesAnswer['kind']): boolean {
  return kind !== 'set' && (statistic === 'sum' || statistic === 'count');
}
