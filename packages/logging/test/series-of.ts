import type { Series } from '@metrics/core';

/** A series as a facade with the prefix `shop.` hands it over. */
export function seriesOf(kind: Series['kind'], key: string, rest: Partial<Series> = {}): Series {
  return { kind, key, name: `shop.${key}`, instance: undefined, tags: {}, unit: undefined, internal: false, ...rest };
}
