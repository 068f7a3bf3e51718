import { createHash } from 'node:crypto';
import type { Rollup } from '../rollup.js';
import type { StoredSeries } from '../stored-series.js';

/** Into so many parts is history divided, by key of the metric. In a cluster each part lies on one node. */
export const SHARDS = 16;
/** Buckets in one hash. Hashes of up to 128 short fields are stored compactly. */
export const PAGE_LENGTH = 60;

interface Place {
  readonly shard: number;
  readonly digest: string;
}

/**
 * The names of keys on Redis; a digest stands for texts of any length and content:
 *
 * | key | type | holds |
 * | --- | --- | --- |
 * | `ts:{5}:keys` | sorted set | the keys of metrics, each with the second from when on it may be forgotten |
 * | `ts:{5}:series:<digest of key>` | sorted set | the series of a metric as JSON, likewise |
 * | `ts:{5}:<digest of series>:10:28333333` | hash | a page of 60 buckets of ten seconds, a field for each |
 * | `ts:{5}:<digest of series>:10:1700000000` | HyperLogLog | of a set: one bucket |
 * | `ts:{5}:writer:<id>` | string | the number of the last batch from a process that was stored |
 */
export class RedisKeys {
  readonly #prefix: string;
  readonly #places = new WeakMap<StoredSeries, Place>();

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  shardOf(key: string): number {
    return createHash('sha256').update(key).digest()[0]! % SHARDS;
  }

  /** The same for a series, which remembers it. */
  shardOfSeries(series: StoredSeries): number {
    return this.#placeOf(series).shard;
  }

  keyIndex(shard: number): string {
    return `${this.#start(shard)}keys`;
  }

  seriesIndex(key: string): string {
    return `${this.#start(this.shardOf(key))}series:${digestOf(key)}`;
  }

  writer(shard: number, id: string): string {
    return `${this.#start(shard)}writer:${id}`;
  }

  /** @param page the number of a bucket divided by {@link PAGE_LENGTH}, or of a set the start of a bucket in seconds. */
  page(series: StoredSeries, rollup: Rollup, page: number): string {
    const { shard, digest } = this.#placeOf(series);
    return `${this.#start(shard)}${digest}:${rollup.step}:${page}`;
  }

  #placeOf(series: StoredSeries): Place {
    let place = this.#places.get(series);
    if (place === undefined) {
      place = { shard: this.shardOf(series.key), digest: digestOf(series.identity) };
      this.#places.set(series, place);
    }
    return place;
  }

  /** Only what is in the braces decides on the slot of a cluster. */
  #start(shard: number): string {
    return `${this.#prefix}{${shard.toString(16)}}:`;
  }
}

/** From when on a bucket that ends at `end` is too old to be read. All in seconds. */
export function expiryOf({ step, points }: Rollup, end: number): number {
  return end + (points + 1) * step;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}
