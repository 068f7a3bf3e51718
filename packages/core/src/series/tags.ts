import { flatCopy } from './interning.js';

/** What a tag value may be. `200` and `'200'` are the same value; so are `true` and `'true'`. */
export type TagValue = string | number | boolean;

/** Tags of a call. `undefined` and `null` values are left out. */
export type Tags = { readonly [key: string]: TagValue | null | undefined };

export interface RecordOptions<Given = Tags> {
  readonly tags?: Given | undefined;
  /** Which of several equal things reported: a worker, a shard. Bounded like a tag value. */
  readonly instance?: string | undefined;
  /**
   * The share of samples to keep, from 0 (none) to 1 (all). Receivers scale counts back up; gauges and sets ignore it.
   * @default the registered `sampleRate`, else 1
   */
  readonly sampleRate?: number | undefined;
  /** Keep this series in the internal time series database as well. Belongs to the metric: the first call decides. */
  readonly internal?: boolean | undefined;
}

/** Options of counters and gauges. */
export interface MetricOptions<Given = Tags> extends RecordOptions<Given> {
  /** When it happened, in seconds since the epoch. Default: now. Counters and gauges only. */
  readonly timestamp?: number | undefined;
  /** `byte`, `second`, `request`, … Belongs to the metric: the first call decides. Timings are always milliseconds. */
  readonly unit?: string | undefined;
}

/** The most tags one call may carry. */
export const MAX_TAGS = 32;

/** Tag values are cut to this many characters, the limit of Datadog (https://docs.datadoghq.com/getting_started/tagging/). */
const MAX_VALUE_LENGTH = 200;

/** The tags of one call as they were written, each read once. */
export type ReadTags = Map<string, TagValue | null | undefined>;

/** Tags in canonical form. */
export type CanonicalTags = ReadonlyMap<string, string>;

/** Stands between the parts of a text. A lone surrogate, which no canonical text holds, so that nothing can imitate it. */
export const SEPARATOR = '\uD800';

/** Each tag as one text, its key and value parted by {@link SEPARATOR}, by ascending keys. */
export function tagTexts(tags: CanonicalTags): string[] {
  return [...tags.keys()].sort().map((key) => key + SEPARATOR + tags.get(key)!);
}

/** Adds tags in canonical form to others; a later value wins, absent ones change nothing. */
export function mergedTags(tags: CanonicalTags | undefined, read: ReadTags): CanonicalTags {
  const merged = new Map(tags);
  for (const [key, value] of read)
    if (value !== undefined && value !== null) merged.set(canonicalValue(key), canonicalValue(value));
  return merged;
}

/** Plain objects and instances of classes hold tags; a Map, a Date or an array does not. */
export function isTagsObject(tags: unknown): tags is Tags {
  return Object.getPrototypeOf(tags) === Object.prototype || Object.prototype.toString.call(tags) === '[object Object]';
}

/** The one form in which a key or a value is known: a well-formed string of its own, not over the limit. */
export function canonicalValue(value: TagValue): string {
  return flatCopy(wellFormed(cut(String(value))));
}

export function cut(text: string): string {
  return text.length > MAX_VALUE_LENGTH ? text.slice(0, MAX_VALUE_LENGTH) : text;
}

export function isTruncated(value: unknown): boolean {
  return typeof value === 'string' && value.length > MAX_VALUE_LENGTH;
}

/** Lone surrogates become U+FFFD, so that every encoder agrees on the bytes. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}

export function isTagValue(value: unknown): value is TagValue | null | undefined {
  return value === undefined || value === null || isPresent(value);
}

export function isPresent(value: unknown): value is TagValue {
  const type = typeof value;
  return type === 'string' || type === 'number' || type === 'boolean';
}
