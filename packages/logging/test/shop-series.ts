import { type SeriesChoice, type SeriesFields, seriesOf } from 'test-kit/series-of';

/** Returns a series as a facade with the prefix `shop.` opens it. */
export function shopSeries(kind: SeriesFields['kind'], key: string, rest: SeriesChoice = {}): SeriesFields {
  return seriesOf(kind, key, { name: `shop.${key}`, ...rest });
}
