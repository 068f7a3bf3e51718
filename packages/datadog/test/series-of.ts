import type { Series } from '@metrics/core';

/** A series as a facade without a prefix hands it over. */
export function seriesOf(kind: Series['kind'], name: string, rest: Partial<Series> = {}): Series {
  return { kind, key: name, name, instance: undefined, tags: {}, unit: undefined, internal: false, ...rest };
}
