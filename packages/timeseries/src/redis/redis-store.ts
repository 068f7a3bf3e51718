import { randomBytes } from 'node:crypto';
import { bucketStart, oldestBucket } from '../rollup.js';
import type { StoredSeries } from '../stored-series.js';
import { Sketch } from '../summary/sketch.js';
import type { GaugeReading, StoreHost, StoreQuery, TimeSeriesStore } from '../time-series-store.js';
import { MAX_TIMEOUT } from '../timer-delay.js';
import { PendingWrites } from './pending-writes.js';
import { RedisConnection } from './redis-connection.js';
import { RedisKeys, SHARDS } from './redis-keys.js';
import { RedisReads } from './redis-reads.js';
import { RedisShard } from './redis-shard.js';
import { type RedisStoreOptions, resolveRedisStoreOptions } from './redis-store-options.js';

/**
 * History on a Redis or Valkey server of version 7 or later, or a cluster of them, which processes share.
 *
 * Samples are merged in memory until the next flush or read, and confirmed when the server acknowledges them. They are
 * dropped as `too_old` if they are too old for every rollup; as `pending_full`, the oldest first, if Redis is unavailable
 * for long; as `redis_refused` if a key holds something else; as `unacknowledged` after 23 hours without a reply; as
 * `timeout` at close and `closed` after it.
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
  #turns: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  /** @throws {TypeError} or {@link RangeError} if an option is invalid, naming it; never showing a URL or a password. */
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

  /** @throws {Error} if the store already has a backend. */
  start(host: StoreHost): void {
    if (this.#host !== undefined) throw new Error('This store has a backend already: give each backend its own.');
    this.#host = host;
    const writer = randomBytes(12).toString('base64url');
    const shared = { connection: this.#connection, keys: this.#keys, sketch: this.#sketch };
    const yieldTurn = () => this.#yieldTurn();
    this.#shards = Array.from(
      { length: SHARDS },
      (_, number) => new RedisShard({ ...shared, number, writer, host, pending: this.#pending, yieldTurn }),
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
    if (failed !== undefined) this.#reportUnavailable(failed.reason as Error);
    else this.#isDown = false;
  }

  /** Flushes, and once more if a flush is under way. Then closes the store's client; the application's stays open. */
  close({ timeout }: { readonly timeout: number }): Promise<void> {
    this.#closing ??= this.#close(timeout);
    return this.#closing;
  }

  async keys(): Promise<readonly string[]> {
    await Promise.all(this.#shards.map((shard) => shard.flush()));
    return this.#reads?.keys() ?? [];
  }

  async series(key: string): Promise<readonly StoredSeries[]> {
    await this.#shards[this.#keys.shardOf(key)]?.flush();
    return this.#reads?.series(key) ?? [];
  }

  /** @param series of one key. */
  async read(series: readonly StoredSeries[], query: StoreQuery): Promise<readonly (number | undefined)[]> {
    if (series[0] !== undefined) await this.#shards[this.#keys.shardOfSeries(series[0])]?.flush();
    return this.#reads?.read(series, query) ?? [];
  }

  #write(series: StoredSeries, time: number, samples: number, write: (shard: number) => void): void {
    const host = this.#host!;
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

  /** Resolves for one caller in each round of the event loop. */
  #yieldTurn(): Promise<void> {
    this.#turns = this.#turns.then(() => new Promise((resolve) => setImmediate(resolve)));
    return this.#turns;
  }

  #bytes(): number {
    return this.#shards.reduce((bytes, shard) => bytes + shard.bytes, this.#pending.bytes);
  }

  async #close(timeout: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const timedOut = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, Math.min(timeout, MAX_TIMEOUT));
    });
    await Promise.race([this.flush(), timedOut]);
    clearTimeout(timer);
    for (const shard of this.#shards) shard.drop('timeout');
    for (let write = this.#pending.oldest(); write !== undefined; write = this.#pending.oldest()) {
      this.#pending.remove(this.#keys.shardOfSeries(write.series), write);
      this.#host?.drop(write.samples, 'timeout');
    }
    this.#connection.close();
  }

  /** Reports once until Redis is available again. */
  #reportUnavailable(error: Error): void {
    if (this.#isDown) return;
    this.#isDown = true;
    const message = `Redis cannot store history, so it waits in memory. ${error.message}. Check that Redis runs, that the client is connected, and its permissions.`;
    this.#host?.report({ code: 'redis_unavailable', count: 1, message, cause: error });
  }
}
