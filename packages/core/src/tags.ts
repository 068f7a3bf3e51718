/** What a tag value may be. `200` and `'200'` are the same value; so are `true` and `'true'`. */
export type TagValue = string | number | boolean;

/** Tags of a call. `undefined` and `null` values are left out. */
export type Tags = { readonly [key: string]: TagValue | null | undefined };

export interface RecordOptions {
  readonly tags?: Tags | undefined;
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
export interface MetricOptions extends RecordOptions {
  /** When it happened, in seconds since the epoch. Default: now. Counters and gauges only. */
  readonly timestamp?: number | undefined;
  /** `byte`, `second`, `request`, … Belongs to the metric: the first call decides. Timings are always milliseconds. */
  readonly unit?: string | undefined;
}

/** The most tags one call may carry. */
export const MAX_TAGS = 32;

/** Tag values are cut to this many characters, the limit of Datadog (https://docs.datadoghq.com/getting_started/tagging/). */
const MAX_VALUE_LENGTH = 200;

/** Raw values longer than this are never kept as keys of a cache. */
const MAX_CACHED_LENGTH = 256;

/** The tags of one call, each read exactly once. */
export interface ReadTags {
  readonly keys: string[];
  readonly values: (TagValue | null | undefined)[];
  /** Whether a later call with equal keys and values must mean the same series. */
  cacheable: boolean;
}

/** Why tags cannot be used. */
export interface TagFault {
  readonly code: 'invalid_tags' | 'invalid_tag_value' | 'too_many_tags';
  readonly tag?: string;
  readonly value: string;
  readonly remedy: string;
}

const NOT_TAGS = 'Tags are a plain object of strings, numbers and booleans, such as { status: 200 }.';

/** Reads all enumerable tags, also inherited ones, or says why not. A throwing getter throws. */
export function readTags(tags: unknown): ReadTags | TagFault {
  const read: ReadTags = { keys: [], values: [], cacheable: true };
  if (tags === undefined || tags === null) return read;
  if (typeof tags !== 'object' || Object.prototype.toString.call(tags) !== '[object Object]')
    return { code: 'invalid_tags', value: described(tags), remedy: NOT_TAGS };
  for (const key in tags) {
    if (read.keys.length === MAX_TAGS)
      return { code: 'too_many_tags', value: `over ${MAX_TAGS}`, remedy: `A call takes at most ${MAX_TAGS} tags.` };
    const value = (tags as Record<string, unknown>)[key];
    if (!isTagValue(value) || key === '')
      return { code: 'invalid_tag_value', tag: key, value: described(value), remedy: NOT_TAGS };
    if (typeof value === 'string' && value.length > MAX_CACHED_LENGTH) read.cacheable = false;
    read.keys.push(key);
    read.values.push(value);
  }
  return read;
}

/** Whether an object in which no enumerable key was found may stand for "no tags": a Map or a Date may not. */
export function isEmptyTags(tags: object): boolean {
  const prototype = Object.getPrototypeOf(tags) as unknown;
  return prototype === Object.prototype || Object.prototype.toString.call(tags) === '[object Object]';
}

/** The one form in which a value is known: a well-formed string, not over the limit. */
export function canonicalValue(value: TagValue): string {
  const text = wellFormed(String(value));
  return text.length > MAX_VALUE_LENGTH ? wellFormed(text.slice(0, MAX_VALUE_LENGTH)) : text;
}

export function isTruncated(value: TagValue): boolean {
  return typeof value === 'string' && value.length > MAX_VALUE_LENGTH;
}

/** Lone surrogates become U+FFFD, so that every encoder agrees on the bytes. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}

/** A short text for messages that never runs code of the value. */
export function described(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (Array.isArray(value)) return 'an array';
  if (value instanceof Map) return 'a Map';
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'function' ? 'a function' : typeof value === 'bigint' ? 'a bigint' : String(value);
}

/** What a set may hold. */
export function isMember(member: unknown): member is string | number {
  return typeof member === 'string' || Number.isFinite(member);
}

function isTagValue(value: unknown): value is TagValue | null | undefined {
  const type = typeof value;
  return type === 'string' || type === 'number' || type === 'boolean' || value === undefined || value === null;
}
