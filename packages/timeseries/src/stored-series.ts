import type { MetricKind, Series, TagPairs } from '@metrics/core';

/** A series of the history. Its history is kept under {@link identity}, so it outlives the facade's ids. */
export interface StoredSeries {
  /** The same string for the same kind, key and tags in every process; printable ASCII and well-formed Unicode only. */
  readonly identity: string;
  readonly kind: MetricKind;
  /** The key as the application wrote it, without the registered prefix. */
  readonly key: string;
  /** All tags, and the instance as tag `instance`. Keys are in ascending order; the object has no prototype. */
  readonly tags: Readonly<Record<string, string>>;
  readonly unit: string | undefined;
}

type SeriesParts = Pick<Series, 'kind' | 'key' | 'tags' | 'unit'>;

/** Copies a series of the facade. */
export function toStoredSeries({ kind, key, tags, instance, unit }: Series): StoredSeries {
  const all: TagPairs = instance === undefined ? tags : [...tags, ['instance', instance]];
  return createStoredSeries({ kind, key, unit, tags: all });
}

/** Creates a stored series from its parts, with tags in any order. If two tags have one key, the last counts. */
export function createStoredSeries({ kind, key, tags, unit }: SeriesParts): StoredSeries {
  const sorted = Object.create(null) as Record<string, string>;
  for (const [name, value] of [...tags].sort(compareKeys)) sorted[name] = value;
  // Keys that look like numbers come first in every object, so this order is the same everywhere.
  return { identity: JSON.stringify([kind, key, ...Object.entries(sorted).flat()]), kind, key, tags: sorted, unit };
}

function compareKeys([one]: TagPairs[number], [other]: TagPairs[number]): number {
  return one < other ? -1 : Number(one > other);
}
