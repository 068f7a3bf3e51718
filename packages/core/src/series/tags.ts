// Tags and options of a call, and the normalized form of tags.
import { flatCopy } from './interning.js';

/** A tag value. `200` and `'200'` are the same value; so are `true` and `'true'`. */
export type TagValue = string | number | boolean;

/** Tags of a call. `undefined` and `null` values are omitted. */
export type Tags = { readonly [key: string]: TagValue | null | undefined };

/** Options of a call that records a sample. */
export interface RecordOptions<Given = Tags> {
  /** Tags of this call. They override tags of the context, of children and of the registration. */
  readonly tags?: Given | undefined;
  /** Which of several equal producers recorded: a worker, a shard. Bounded like a tag value. */
  readonly instance?: string | undefined;
  /**
   * The share of samples to keep, from 0 (none) to 1 (all). Receivers scale counts back up; gauges and sets ignore it.
   * @default the registered `sampleRate`, else 1
   */
  readonly sampleRate?: number | undefined;
  /** Keeps this series in the internal time series database as well. Belongs to the metric: the first call decides. */
  readonly internal?: boolean | undefined;
}

/** Options of counters and gauges. */
export interface MetricOptions<Given = Tags> extends RecordOptions<Given> {
  /** The time of the sample in seconds since the epoch. Counters and gauges only. @default now */
  readonly timestamp?: number | undefined;
  /** `byte`, `second`, `request`, … Belongs to the metric: the first call decides. Timings are always milliseconds. */
  readonly unit?: string | undefined;
}

/** The maximum number of tags in one call. */
export const MAX_TAGS = 32;

/** Characters of a tag value, as many as Datadog keeps (https://docs.datadoghq.com/getting_started/tagging/). */
export const MAX_VALUE_LENGTH = 200;

/** Tags by key; keys and values are normalized, see {@link normalizeValue}. */
export type NormalizedTags = ReadonlyMap<string, string>;

/** Separates the parts of a joined string: a lone surrogate, which no normalized string contains. */
export const TAG_SEPARATOR = '\uD800';

/** Returns one string per tag, its key and value joined by {@link TAG_SEPARATOR}, by ascending keys. */
export function tagKeys(tags: NormalizedTags): string[] {
  return [...tags.keys()].sort().map((key) => key + TAG_SEPARATOR + tags.get(key)!);
}

/** Returns true for plain objects and instances of classes, which hold tags; false for a Map, a Date or an array. */
export function isTagsObject(tags: unknown): tags is Tags {
  return Object.getPrototypeOf(tags) === Object.prototype || Object.prototype.toString.call(tags) === '[object Object]';
}

/**
 * Returns the only form in which a key or value is stored: a string within the length limit. Lone surrogates become U+FFFD,
 * so that every encoder produces the same bytes.
 */
export function normalizeValue(value: TagValue): string {
  const text = String(value);
  return flatCopy((text.length > MAX_VALUE_LENGTH ? text.slice(0, MAX_VALUE_LENGTH) : text).toWellFormed());
}

export function truncateValue(value: string): string {
  return value.length > MAX_VALUE_LENGTH ? value.slice(0, MAX_VALUE_LENGTH) : value;
}

/** Returns false for `undefined` and `null`, which are omitted, and for any other type, which is invalid. */
export function isTagValue(value: unknown): value is TagValue {
  const type = typeof value;
  return type === 'string' || type === 'number' || type === 'boolean';
}
