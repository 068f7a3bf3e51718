import { randomBytes } from 'node:crypto';
import { bucketStart, oldestBucket } from '../rollup.js';
import type { StoredSeries } from '../stored-series.js';
import { Sketch } from '../summary/sketch.js';
import type { GaugeReading, StoreHost, StoreQuery, TimeSeriesStore } from '../time-series-store.js';
import { RedisPending } from './pending-writes.js';
import { RedisConnection } from './redis-connection.js';
import { RedisKeys, SHARDS } from './redis-keys.js';
import { RedisReads } from './redis-reads.js';
import { RedisShard } from './redis-shard.js';
import { checkedRedisStoreOptions, type RedisStoreOptions } from './redis-store-options.js';

const LONGEST_TIMEOUT = 2 ** 31 - 1;

/**
 * History on a Redis or Valkey server of version 7 or later, or a cluster of them, which processes share.
 *
 * Samples are merged in memory until the next flush or read, and settled when the server acknowledges them. What is lost:
 * `too_old` for any rollup; `pending_full` when Redis is away for long, the oldest first; `refused` where a key holds
 * something else; `unacknowledged` after a day without a reply; `timeout` at close; `closed` after it.
 */
export class RedisStore implements TimeSeriesStore {
  readonly #connection: RedisConnection;
  readonly #keys: RedisKeys;
  readonly #maxPendingBytes: number;
  readonly #pending = new RedisPending();
  readonly #sketch = new Sketch();
  #shards: readonly RedisShard[] = [];
  #reads: RedisReads | undefined;
  #host: StoreHost | undefined;
  #isAway = false;
  #turns: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  /** @throws {TypeError} or {@link RangeError} on a bad option, naming it; never showing a URL or a password. */
  constructor(options: RedisStoreOptions = {}) {
    const checked = checkedRedisStoreOptions(options);
    this.#maxPendingBytes = checked.maxPendingBytes;
    this.#connection = new RedisConnection(checked);
    this.#keys = new RedisKeys(checked.prefix);
  }

  get pending(): number {
    return this.#shards.reduce((samples, shard) => samples + shard.samples, this.#pending.samples);
  }

  /** @throws {Error} when the store has a backend already. */
  start(host: StoreHost): void {
    if (this.#host !== undefined) throw new Error('This store has a backend already: give each backend its own.');
    this.#host = host;
    const writer = randomBytes(12).toString('base64url');
    const shared = { connection: this.#connection, keys: this.#keys, sketch: this.#sketch };
    const turn = () => this.#turn();
    this.#shards = Array.from(
      { length: SHARDS },
      (_, number) => new RedisShard({ ...shared, number, writer, host, pending: this.#pending, turn }),
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
    const drained = await Promise.allSettled(this.#shards.map((shard) => shard.drain()));
    const failed = drained.find((result) => result.status === 'rejected');
    if (failed !== undefined) this.#reportAway(failed.reason as Error);
    else this.#isAway = false;
  }

  /** Flushes, once more should a flush be under way, and closes the client unless it is the application's. */
  close({ timeout }: { readonly timeout: number }): Promise<void> {
    this.#closing ??= this.#close(timeout);
    return this.#closing;
  }

  async keys(): Promise<readonly string[]> {
    await Promise.all(this.#shards.map((shard) => shard.drain()));
    return this.#reads?.keys() ?? [];
  }

  async series(key: string): Promise<readonly StoredSeries[]> {
    await this.#shards[this.#keys.shardOf(key)]?.drain();
    return this.#reads?.series(key) ?? [];
  }

  /** @param series of one key. */
  async read(series: readonly StoredSeries[], query: StoreQuery): Promise<readonly (number | undefined)[]> {
    if (series[0] !== undefined) await this.#shards[this.#keys.shardOfSeries(series[0])]?.drain();
    return this.#reads?.read(series, query) ?? [];
  }

  #write(series: StoredSeries, time: number, samples: number, put: (shard: number) => void): void {
    const host = this.#host!;
    if (this.#closing !== undefined) return host.drop(samples, 'closed');
    const now = host.now();
    if (!host.rollups.some((rollup) => oldestBucket(rollup, now) <= bucketStart(rollup.step, time)))
      return host.drop(samples, 'too_old');
    put(this.#keys.shardOfSeries(series));
    let lost = 0;
    while (this.#bytes() > this.#maxPendingBytes) {
      const oldest = this.#pending.oldest();
      if (oldest === undefined) break;
      this.#pending.remove(this.#keys.shardOfSeries(oldest.series), oldest);
      lost += oldest.samples;
    }
    if (lost === 0) return;
    host.drop(lost, 'pending_full');
    const message = `More than ${this.#maxPendingBytes} bytes wait for Redis, and the oldest of them are lost. Bring Redis back, or raise maxPendingBytes.`;
    host.report({ code: 'pending_full', count: lost, message });
  }

  /** One for each round of the event loop. */
  #turn(): Promise<void> {
    this.#turns = this.#turns.then(() => new Promise((resolve) => setImmediate(resolve)));
    return this.#turns;
  }

  #bytes(): number {
    return this.#shards.reduce((bytes, shard) => bytes + shard.bytes, this.#pending.bytes);
  }

  async #close(timeout: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, Math.min(timeout, LONGEST_TIMEOUT));
    });
    await Promise.race([this.flush(), late]);
    clearTimeout(timer);
    for (const shard of this.#shards) shard.drop('timeout');
    for (let cell = this.#pending.oldest(); cell !== undefined; cell = this.#pending.oldest()) {
      this.#pending.remove(this.#keys.shardOfSeries(cell.series), cell);
      this.#host?.drop(cell.samples, 'timeout');
    }
    this.#connection.close();
  }

  /** Once until it is back. */
  #reportAway(error: Error): void {
    if (this.#isAway) return;
    this.#isAway = true;
    const message = `History waits in memory, because it cannot be stored. ${error.message}. Check that Redis runs, that the client is connected, and what it may do.`;
    this.#host?.report({ code: 'redis_unavailable', count: 1, message, cause: error });
  }
}
