// The series of a key that reads see: those of its newest kind.
import type { StoredSeries } from '../stored-series.js';
import type { SeriesResponse } from './responses.js';

/** Returns the series of the newest kind, the one that the backend reads. */
export function keepNewestKind(series: readonly StoredSeries[]): readonly StoredSeries[] {
  const kind = series.at(-1)?.kind;
  return series.filter((each) => each.kind === kind);
}

export function kindAndUnit(series: readonly StoredSeries[]): Pick<SeriesResponse, 'kind' | 'unit'> {
  const newest = series.at(-1);
  return { kind: newest?.kind ?? null, unit: newest?.unit ?? (newest?.kind === 'timing' ? 'millisecond' : null) };
}

/** Returns a predicate that is true for series with all of the tags. */
export function matchTags(tags: Readonly<Record<string, string>>): (series: StoredSeries) => boolean {
  const wanted = Object.entries(tags);
  return (series) => wanted.every(([tag, value]) => series.tags[tag] === value);
}
