import type { MetricKind, Series } from '@metrics/core';

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

/** Copies a series of the facade. */
export function toStoredSeries({ kind, key, tags, instance, unit }: Series): StoredSeries {
  return createStoredSeries({ kind, key, unit, tags: instance === undefined ? tags : { ...tags, instance } });
}

/** Creates a stored series from its parts, as a store reads them back. */
export function createStoredSeries({ kind, key, tags, unit }: Omit<StoredSeries, 'identity'>): StoredSeries {
  const sorted = Object.create(null) as Record<string, string>;
  for (const name of Object.keys(tags).sort()) sorted[name] = tags[name]!;
  // Keys that look like numbers come first in every object, so this order is the same everywhere.
  return { identity: JSON.stringify([kind, key, ...Object.entries(sorted).flat()]), kind, key, tags: sorted, unit };
}
