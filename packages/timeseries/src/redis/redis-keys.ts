// The names of keys on Redis, and how long they live.
import { createHash, randomBytes } from 'node:crypto';
import type { Rollup } from '../rollup.js';
import type { StoredSeries } from '../stored-series.js';

/** Number of shards that history is divided into, by key of the metric. In a cluster each shard is on one node. */
export const SHARDS = 16;
/** Buckets in one hash. Redis stores hashes of up to 128 short fields compactly. */
export const PAGE_BUCKETS = 60;

interface SeriesLocation {
  readonly shard: number;
  readonly digest: string;
}

/**
 * The names of keys on Redis. Digests replace strings of any length and content:
 *
 * | key | type | content |
 * | --- | --- | --- |
 * | `ts:{5}:keys` | sorted set | the keys of metrics, each with the second from which it may be forgotten |
 * | `ts:{5}:series:<digest of key>` | sorted set | the series of a metric as JSON, likewise |
 * | `ts:{5}:rollups` | hash | the step of each rollup, with the time since when it has every sample, and its points |
 * | `ts:{5}:<digest of series>:10:28333333` | hash | a page of 60 buckets of ten seconds, a field for each |
 * | `ts:{5}:<digest of series>:10:1700000000` | HyperLogLog | one bucket of a set |
 * | `ts:{5}:writer:<id>` | string | the number of the last batch of a process that was stored |
 */
export class RedisKeys {
  readonly #prefix: string;
  readonly #locations = new WeakMap<StoredSeries, SeriesLocation>();

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  shardOf(key: string): number {
    return createHash('sha256').update(key).digest()[0]! % SHARDS;
  }

  /** Returns the shard of a series' key, from a cache. */
  shardOfSeries(series: StoredSeries): number {
    return this.#locate(series).shard;
  }

  keyIndex(shard: number): string {
    return `${this.#shardPrefix(shard)}keys`;
  }

  seriesIndex(key: string): string {
    return `${this.#shardPrefix(this.shardOf(key))}series:${digest(key)}`;
  }

  rollups(shard: number): string {
    return `${this.#shardPrefix(shard)}rollups`;
  }

  /** Returns the name of a key that exists during one read, next to those of a series. */
  temporary(series: StoredSeries): string {
    return `${this.#shardPrefix(this.shardOfSeries(series))}union:${randomBytes(12).toString('base64url')}`;
  }

  writer(shard: number, id: string): string {
    return `${this.#shardPrefix(shard)}writer:${id}`;
  }

  /** @param page the number of a bucket divided by {@link PAGE_BUCKETS}; for a set, the start of a bucket in seconds. */
  page(series: StoredSeries, rollup: Rollup, page: number): string {
    const location = this.#locate(series);
    return `${this.#shardPrefix(location.shard)}${location.digest}:${rollup.step}:${page}`;
  }

  #locate(series: StoredSeries): SeriesLocation {
    let location = this.#locations.get(series);
    if (location === undefined) {
      location = { shard: this.shardOf(series.key), digest: digest(series.identity) };
      this.#locations.set(series, location);
    }
    return location;
  }

  /** Returns the start of a key's name. A cluster hashes only the part in braces. */
  #shardPrefix(shard: number): string {
    return `${this.#prefix}{${shard.toString(16)}}:`;
  }
}

/** Returns the time from which a bucket that ends at `end` is too old to be read. All times are in seconds. */
export function expiresAt({ step, points }: Rollup, end: number): number {
  return end + (points + 1) * step;
}

function digest(string: string): string {
  return createHash('sha256').update(string).digest('base64url').slice(0, 16);
}
