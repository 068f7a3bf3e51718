import type { MetricKind, Series, TagPairs } from '@metrics/core';
import { describeValue } from '@metrics/core/backend';

/** A series of the history. Its history is kept under {@link identity}, so it outlives the facade's ids. */
export interface StoredSeries {
  /** The same string for the same kind, key and tags in every process; printable ASCII and well-formed Unicode only. */
  readonly identity: string;
  /** The kind of the metric. */
  readonly kind: MetricKind;
  /** The key as the application wrote it, without the registered prefix. */
  readonly key: string;
  /** All tags, and the instance as tag `instance`. Keys are in ascending order; the object has no prototype. */
  readonly tags: Readonly<Record<string, string>>;
  /** The unit of the metric, if it has one. */
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

const KINDS: readonly unknown[] = ['counter', 'gauge', 'timing', 'distribution', 'set'] satisfies MetricKind[];

/**
 * Returns the series of a record that someone else may have written: on disk, or on a server.
 *
 * @throws {Error} that says what is invalid.
 */
export function parseStoredSeries(record: unknown): StoredSeries {
  if (typeof record !== 'object' || record === null) throw new Error(`a series is ${describeValue(record)}`);
  const { kind, key, unit, tags } = record as StoredSeries;
  if (!KINDS.includes(kind)) throw new Error(`kind is ${describeValue(kind)}`);
  if (!isText(key) || key === '') throw new Error(`key is ${describeValue(key)}`);
  if (unit !== undefined && !isText(unit)) throw new Error(`unit is ${describeValue(unit)}`);
  if (Object.prototype.toString.call(tags) !== '[object Object]') throw new Error(`tags is ${describeValue(tags)}`);
  const pairs = Object.entries(tags);
  const invalid = pairs.find((pair) => !pair.every(isText));
  if (invalid !== undefined) throw new Error(`tag ${describeValue(invalid[0])} is ${describeValue(invalid[1])}`);
  return createStoredSeries({ kind, key, unit, tags: pairs });
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function compareKeys([one]: TagPairs[number], [other]: TagPairs[number]): number {
  return one < other ? -1 : Number(one > other);
}
