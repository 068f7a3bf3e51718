// Exactly-once delivery of the pending writes of one shard.
import type { StoredSeries } from '../stored-series.js';
import type { Sketch } from '../summary/sketch.js';
import type { StoreHost } from '../time-series-store.js';
import { nextTurn } from '../turns.js';
import type { PendingWrites } from './pending-writes.js';
import { RedisBatch } from './redis-batch.js';
import type { RedisConnection } from './redis-connection.js';
import { adviceFor } from './redis-errors.js';
import { expiresAt, PAGE_BUCKETS, type RedisKeys } from './redis-keys.js';
import { runScript, type ScriptReply } from './redis-script.js';

/** Writes in a batch at most. A server does nothing else while it stores them, for a millisecond or two. */
const MAX_BATCH_WRITES = 100;
/** Bytes of writes from which a batch is full. */
const MAX_BATCH_BYTES = 256 * 2 ** 10;
/** Seconds that the server keeps the number of a process's last batch. */
const WRITER_TTL_SECONDS = 86_400;
/**
 * Milliseconds after which a batch without a reply is not sent again: the server may soon forget whether it was stored.
 */
const MAX_RETRY_AGE_MS = (WRITER_TTL_SECONDS - 3600) * 1000;
/** Seconds after which a series is added to the index again. */
const INDEX_INTERVAL_SECONDS = 300;
const HISTORY_LOST =
  'Redis has lost history that it had acknowledged: it came back without its data, a replica without the last writes took over, or it evicted keys. Use appendonly yes, and maxmemory-policy noeviction.';

export interface RedisShardOptions {
  readonly number: number;
  /** Identifies this process on the server. */
  readonly writer: string;
  readonly host: StoreHost;
  readonly connection: RedisConnection;
  readonly keys: RedisKeys;
  readonly pending: PendingWrites;
  readonly sketch: Sketch;
  /** Called with the step of a rollup whose history is not read any more. */
  readonly onUnread: (step: number) => void;
}

/**
 * Sends the pending writes of one shard, one batch after the other. A batch has a number and stays unchanged until its
 * reply arrives, however often it is sent: the server stores a number once.
 */
export class RedisShard {
  readonly #options: RedisShardOptions;
  #sequence = 0;
  #batch: RedisBatch | undefined;
  /** Time of the batch's first attempt, in milliseconds. */
  #firstSentAt: number | undefined;
  /** Time of the last reply, in milliseconds. */
  #confirmedAt = Number.NEGATIVE_INFINITY;
  /** The last attempt of the batch, as long as its reply may still arrive. */
  #attempt: Promise<unknown> | undefined;
  #flushing: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  /** Times at which series were added to the index, in milliseconds. */
  #indexedAt = new WeakMap<StoredSeries, number>();

  constructor(options: RedisShardOptions) {
    this.#options = options;
  }

  /** Samples in the batch that waits for its reply. */
  get samples(): number {
    return this.#batch?.samples ?? 0;
  }

  get bytes(): number {
    return this.#batch?.bytes ?? 0;
  }

  /** Resolves when everything pending at the time of the call is stored or dropped. Rejects if Redis is unavailable. */
  flush(): Promise<void> {
    if (this.#flushing === undefined) {
      this.#flushing = this.#flush(this.#options.pending.lastNumber).finally(() => {
        this.#flushing = undefined;
      });
      return this.#flushing;
    }
    this.#next ??= this.#flushing
      .finally(() => {
        this.#next = undefined;
      })
      .then(() => this.flush());
    return this.#next;
  }

  /** Drops the batch. */
  drop(reason: string): void {
    if (this.samples > 0) this.#options.host.drop(this.samples, reason);
    this.#batch = undefined;
  }

  async #flush(lastNumber: number): Promise<void> {
    while (this.#batch !== undefined || this.#isPending(lastNumber)) {
      await nextTurn();
      if (this.#batch === undefined) this.#startBatch(this.#nextBatch(lastNumber));
      if (this.#batch === undefined) return;
      await this.#send(this.#batch);
    }
  }

  #isPending(lastNumber: number): boolean {
    const { number: shard, pending } = this.#options;
    return (pending.oldest(shard)?.number ?? Number.POSITIVE_INFINITY) <= lastNumber;
  }

  #nextBatch(lastNumber: number): RedisBatch | undefined {
    const { number: shard, host, pending } = this.#options;
    const batch = this.#newBatch();
    while (batch.size < MAX_BATCH_WRITES && batch.bytes < MAX_BATCH_BYTES && this.#isPending(lastNumber)) {
      const write = pending.oldest(shard)!;
      pending.remove(shard, write);
      if (!batch.add(write)) host.drop(write.samples, 'too_old');
      else if (this.#needsIndexing(write.series)) this.#index(batch, write.series);
    }
    return batch.size === 0 ? undefined : batch;
  }

  /** Makes a batch the next to be sent, with its own number. */
  #startBatch(batch: RedisBatch | undefined): void {
    this.#batch = batch;
    this.#sequence += 1;
    this.#firstSentAt = undefined;
  }

  #newBatch(): RedisBatch {
    const { number: shard, host, keys, sketch } = this.#options;
    return new RedisBatch({ keys, shard, rollups: host.rollups, now: host.now(), sketch });
  }

  async #send(batch: RedisBatch): Promise<void> {
    const { number: shard, writer, connection, keys } = this.#options;
    if (performance.now() - (this.#firstSentAt ?? Number.POSITIVE_INFINITY) > MAX_RETRY_AGE_MS)
      return this.drop('unacknowledged');
    if (this.#attempt !== undefined) throw new Error('Redis: an earlier command has no reply yet');
    const input = batch.scriptInput(keys.writer(shard, writer), this.#sequence, WRITER_TTL_SECONDS);
    const reply = await connection.run((client) => {
      const attempt = runScript(client, input);
      const onEnd = () => {
        this.#attempt = undefined;
      };
      this.#attempt = attempt.then(onEnd, onEnd);
      this.#firstSentAt ??= performance.now();
      return attempt;
    });
    // The batch may have been dropped meanwhile.
    if (this.#batch === batch) this.#confirm(batch, reply);
  }

  #confirm(batch: RedisBatch, { isKnown, refusedValues, code, unreadStep }: ScriptReply): void {
    const { host, onUnread } = this.#options;
    this.#batch = undefined;
    const isRemembered = performance.now() - this.#confirmedAt < MAX_RETRY_AGE_MS;
    this.#confirmedAt = performance.now();
    if (unreadStep > 0) onUnread(unreadStep);
    let refused = 0;
    for (const { samples } of batch.writesOf(refusedValues)) refused += samples;
    host.confirm(batch.samples - refused);
    if (refused > 0) host.drop(refused, 'redis_refused');
    if (refusedValues.length > 0) {
      const message = `Redis refused to store some values. ${adviceFor(code === 'ERR' ? 'WRONGTYPE' : code)}`;
      host.report({ code: 'redis_refused', count: Math.max(1, refused), message });
    }
    for (const series of batch.indexed) this.#indexedAt.set(series, performance.now());
    if (refusedValues.length > 0) this.#indexedAt = new WeakMap();
    if (isKnown || this.#sequence === 1) return;
    if (isRemembered) host.report({ code: 'history_lost', count: 1, message: HISTORY_LOST });
    // A server that does not remember this process may have lost the indexes too.
    this.#indexedAt = new WeakMap();
    const indexBatch = this.#newBatch();
    for (const series of batch.series) this.#index(indexBatch, series);
    this.#startBatch(indexBatch);
  }

  #needsIndexing(series: StoredSeries): boolean {
    const indexedAt = this.#indexedAt.get(series);
    return indexedAt === undefined || performance.now() - indexedAt > INDEX_INTERVAL_SECONDS * 1000;
  }

  /** Adds a series to the index until the last page that it may be written to in the next interval expires. */
  #index(batch: RedisBatch, series: StoredSeries): void {
    const { host } = this.#options;
    const ends = host.rollups.map((rollup) => expiresAt(rollup, host.now() + PAGE_BUCKETS * rollup.step));
    batch.index(series, Math.max(...ends) + 2 * INDEX_INTERVAL_SECONDS);
  }
}
