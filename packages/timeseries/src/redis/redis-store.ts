import { randomBytes } from 'node:crypto';
import { keepAlive } from '../keep-alive.js';
import { bucketStart, oldestBucket } from '../rollup.js';
import type { StoredSeries } from '../stored-series.js';
import { Sketch } from '../summary/sketch.js';
import {
  type GaugeReading,
  type StoreHost,
  type StoreQuery,
  startedHost,
  type TimeSeriesStore,
} from '../time-series-store.js';
import { MAX_TIMEOUT } from '../timer-delay.js';
import { PendingWrites } from './pending-writes.js';
import { RedisConnection } from './redis-connection.js';
import { adviceFor, RedisStoreError } from './redis-errors.js';
import { RedisKeys, SHARDS } from './redis-keys.js';
import { RedisReads } from './redis-reads.js';
import { RedisShard } from './redis-shard.js';
import { type RedisStoreOptions, resolveRedisStoreOptions } from './redis-store-options.js';

/** Milliseconds between attempts to flush at close. */
const CLOSE_RETRY_MS = 100;

/**
 * History on a Redis or Valkey server of version 7 or later, or a cluster of them, which processes share.
 *
 * Samples are merged in memory until the next flush or read, and confirmed when the server acknowledges them. They are
 * dropped as `too_old` if they are too old for every rollup; as `pending_full`, the oldest first, if Redis is unavailable
 * for long; as `redis_refused` if a key holds something else; as `unacknowledged` after 23 hours without a reply; as
 * `timeout` at close, `closed` after it, and `exit` when the process ends without.
 *
 * @example
 * ```ts
 * import { metrics } from '@metrics/core';
 * import { TimeSeriesBackend } from '@metrics/timeseries';
 * import { RedisStore } from '@metrics/timeseries/redis';
 *
 * const store = new RedisStore({ url: 'redis://localhost:6379', prefix: 'shop:' });
 * metrics.register(new TimeSeriesBackend({ store, include: ['jobs.*'] }));
 * await metrics.close();
 * ```
 */
export class RedisStore implements TimeSeriesStore {
  readonly #connection: RedisConnection;
  readonly #keys: RedisKeys;
  readonly #maxPendingBytes: number;
  readonly #pending = new PendingWrites();
  readonly #sketch = new Sketch();
  #shards: readonly RedisShard[] = [];
  #reads: RedisReads | undefined;
  #host: StoreHost | undefined;
  #isDown = false;
  #closing: Promise<void> | undefined;
  #isClosed = false;

  /**
   * Creates the store. It connects when it first needs to.
   *
   * @throws {TypeError | RangeError} if an option is invalid, naming it; never showing a URL or a password.
   */
  constructor(options: RedisStoreOptions = {}) {
    const resolved = resolveRedisStoreOptions(options);
    this.#maxPendingBytes = resolved.maxPendingBytes;
    this.#connection = new RedisConnection(resolved);
    this.#keys = new RedisKeys(resolved.prefix);
  }

  /** The number of samples that are not acknowledged yet. */
  get pending(): number {
    return this.#shards.reduce((samples, shard) => samples + shard.samples, this.#pending.samples);
  }

  /**
   * Called once, before any other method.
   *
   * @throws {Error} if the store already has a backend.
   */
  start(host: StoreHost): void {
    if (this.#closing !== undefined) throw new Error('This store is closed: create another one.');
    if (this.#host !== undefined) throw new Error('This store has a backend already: give each backend its own.');
    this.#host = host;
    const writer = randomBytes(12).toString('base64url');
    const reported = new Set<number>();
    const onUnread = (step: number) => {
      if (reported.has(step)) return;
      reported.add(step);
      const message = `Redis has history in steps of ${step} seconds that fits none of the rollups, so it is not read any more. Keep that step.`;
      host.report({ code: 'rollups_changed', count: 1, message });
    };
    const shared = { connection: this.#connection, keys: this.#keys, host };
    this.#shards = Array.from(
      { length: SHARDS },
      (_, number) =>
        new RedisShard({ ...shared, number, writer, pending: this.#pending, sketch: this.#sketch, onUnread }),
    );
    this.#reads = new RedisReads(shared);
  }

  counter(series: StoredSeries, time: number, sum: number, samples: number): void {
    this.#write(series, time, samples, (shard) => this.#pending.counter(shard, series, time, sum, samples));
  }

  gauge(series: StoredSeries, time: number, reading: GaugeReading, samples: number): void {
    this.#write(series, time, samples, (shard) => this.#pending.gauge(shard, series, time, reading, samples));
  }

  values(series: StoredSeries, time: number, values: Float64Array, length: number): void {
    this.#write(series, time, length, (shard) => {
      if (series.kind === 'set') this.#pending.members(shard, series, time, values, length);
      else this.#pending.summary(shard, series, time, values, length);
    });
  }

  async flush(): Promise<void> {
    const results = await Promise.allSettled(this.#shards.map((shard) => shard.flush()));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed === undefined) this.#isDown = false;
    else if (!this.#isClosed) this.#reportUnavailable(failed.reason as Error);
  }

  /** Drops everything pending as `exit`: nothing can be sent without waiting. */
  flushSync(): void {
    this.#dropPending('exit');
  }

  /**
   * Flushes, again and again until everything is stored or the time is up. Then closes the store's client; the
   * application's stays open.
   */
  close({ timeout }: { readonly timeout: number }): Promise<void> {
    this.#closing ??= this.#close(timeout);
    return this.#closing;
  }

  keys(): Promise<readonly string[]> {
    return this.#read(this.#shards, (reads) => reads.keys());
  }

  series(key: string): Promise<readonly StoredSeries[]> {
    return this.#read([this.#shards[this.#keys.shardOf(key)]], (reads) => reads.series(key));
  }

  completeSince(key: string): Promise<readonly number[]> {
    return this.#read([this.#shards[this.#keys.shardOf(key)]], (reads) => reads.completeSince(key));
  }

  /**
   * Resolves with one number a point, after everything pending for the key is stored. Rejects if Redis is unavailable.
   *
   * @param series of one key.
   */
  read(series: readonly StoredSeries[], query: StoreQuery): Promise<readonly (number | undefined)[]> {
    const shards = series.slice(0, 1).map((first) => this.#shards[this.#keys.shardOfSeries(first)]);
    return this.#read(shards, (reads) => reads.read(series, query));
  }

  /** Reads after everything pending for some shards is stored. */
  async #read<T>(
    shards: readonly (RedisShard | undefined)[],
    read: (reads: RedisReads) => Promise<readonly T[]>,
  ): Promise<readonly T[]> {
    startedHost(this.#host);
    const flushed = Promise.all(shards.map(async (shard) => shard?.flush()));
    return keepAlive(flushed.then(() => (this.#reads === undefined ? [] : read(this.#reads))));
  }

  #write(series: StoredSeries, time: number, samples: number, write: (shard: number) => void): void {
    const host = startedHost(this.#host);
    if (this.#closing !== undefined) return host.drop(samples, 'closed');
    const now = host.now();
    if (!host.rollups.some((rollup) => oldestBucket(rollup, now) <= bucketStart(rollup.step, time)))
      return host.drop(samples, 'too_old');
    write(this.#keys.shardOfSeries(series));
    let dropped = 0;
    while (this.#bytes() > this.#maxPendingBytes) {
      const oldest = this.#pending.oldest();
      if (oldest === undefined) break;
      this.#pending.remove(this.#keys.shardOfSeries(oldest.series), oldest);
      dropped += oldest.samples;
    }
    if (dropped === 0) return;
    host.drop(dropped, 'pending_full');
    const message = `More than ${this.#maxPendingBytes} bytes wait for Redis, so the oldest samples are dropped. Bring Redis back, or raise maxPendingBytes.`;
    host.report({ code: 'pending_full', count: dropped, message });
  }

  #bytes(): number {
    return this.#shards.reduce((bytes, shard) => bytes + shard.bytes, this.#pending.bytes);
  }

  async #close(timeout: number): Promise<void> {
    const deadline = performance.now() + timeout;
    let timer: NodeJS.Timeout | undefined;
    const timedOut = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, Math.min(timeout, MAX_TIMEOUT));
    });
    do {
      await Promise.race([this.flush(), timedOut]);
      if (this.pending === 0 || timeout === Number.POSITIVE_INFINITY) break;
      await Promise.race([new Promise((resolve) => setTimeout(resolve, CLOSE_RETRY_MS)), timedOut]);
    } while (performance.now() < deadline);
    clearTimeout(timer);
    this.#isClosed = true;
    this.#dropPending('timeout');
    this.#connection.close();
  }

  #dropPending(reason: string): void {
    for (const shard of this.#shards) shard.drop(reason);
    for (let write = this.#pending.oldest(); write !== undefined; write = this.#pending.oldest()) {
      this.#pending.remove(this.#keys.shardOfSeries(write.series), write);
      this.#host?.drop(write.samples, reason);
    }
  }

  /** Reports once until Redis is available again. */
  #reportUnavailable(error: Error): void {
    if (this.#isDown) return;
    this.#isDown = true;
    const advice = adviceFor(error instanceof RedisStoreError ? error.code : '');
    const message = `Redis cannot store history, so it waits in memory. ${error.message}. ${advice}`;
    this.#host?.report({ code: 'redis_unavailable', count: 1, message, cause: error });
  }
}
