import type { StoredSeries } from '../stored-series.js';
import type { Sketch } from '../summary/sketch.js';
import type { StoreHost } from '../time-series-store.js';
import type { RedisPending } from './pending-writes.js';
import { RedisBatch } from './redis-batch.js';
import type { RedisConnection } from './redis-connection.js';
import { expiryOf, PAGE_LENGTH, type RedisKeys } from './redis-keys.js';
import { runScript, type ScriptReply } from './redis-script.js';

/** Cells in a batch at most: a server does nothing else while it stores them, which takes a millisecond or two. */
const MOST_CELLS = 100;
/** Bytes of cells from which on a batch is full. */
const MOST_BYTES = 256 * 2 ** 10;
/** Seconds that the server remembers which batch was the last. */
const MEMORY = 86_400;
/** Milliseconds after which a batch without a reply is not sent again, since the server may soon forget whether it was stored. */
const LONGEST_DOUBT = (MEMORY - 3600) * 1000;
/** Seconds until the index hears again that a series is alive. */
const INDEX_INTERVAL = 300;

export interface RedisShardOptions {
  readonly number: number;
  /** Of this process. */
  readonly writer: string;
  readonly host: StoreHost;
  readonly connection: RedisConnection;
  readonly keys: RedisKeys;
  readonly pending: RedisPending;
  readonly sketch: Sketch;
  /** Waits until it is one's turn to keep the event loop busy for a millisecond. */
  readonly turn: () => Promise<void>;
}

/**
 * Sends what is pending in one shard, a batch after the other. A batch is numbered, and stays as it is until its reply is
 * there, however often it has to be sent for that: the server stores a number once.
 */
export class RedisShard {
  readonly #options: RedisShardOptions;
  #sequence = 0;
  #batch: RedisBatch | undefined;
  /** When the batch was sent first, in milliseconds. */
  #sentFirst: number | undefined;
  /** The last sending of the batch, as long as its reply may still come. */
  #sending: Promise<unknown> | undefined;
  #draining: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  /** When the index heard of a series, in milliseconds. */
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

  /** Resolves when everything pending at the time of the call is stored, or lost; rejects when Redis is away. */
  drain(): Promise<void> {
    if (this.#draining === undefined) {
      this.#draining = this.#drain(this.#options.pending.last).finally(() => {
        this.#draining = undefined;
      });
      return this.#draining;
    }
    this.#next ??= this.#draining
      .finally(() => {
        this.#next = undefined;
      })
      .then(() => this.drain());
    return this.#next;
  }

  /** Gives up the batch. */
  drop(reason: string): void {
    if (this.samples > 0) this.#options.host.drop(this.samples, reason);
    this.#batch = undefined;
  }

  async #drain(last: number): Promise<void> {
    while (this.#batch !== undefined || this.#isPending(last)) {
      await this.#options.turn();
      if (this.#batch === undefined) this.#enter(this.#nextBatch(last));
      if (this.#batch === undefined) return;
      await this.#send(this.#batch);
    }
  }

  #isPending(last: number): boolean {
    const { number: shard, pending } = this.#options;
    return (pending.oldest(shard)?.number ?? Number.POSITIVE_INFINITY) <= last;
  }

  #nextBatch(last: number): RedisBatch | undefined {
    const { number: shard, host, pending } = this.#options;
    const batch = this.#newBatch();
    while (batch.size < MOST_CELLS && batch.bytes < MOST_BYTES && this.#isPending(last)) {
      const cell = pending.oldest(shard)!;
      pending.remove(shard, cell);
      if (!batch.add(cell)) host.drop(cell.samples, 'too_old');
      else if (this.#isToBeIndexed(cell.series)) this.#index(batch, cell.series);
    }
    return batch.size === 0 ? undefined : batch;
  }

  /** The next to be sent, with a number of its own. */
  #enter(batch: RedisBatch | undefined): void {
    this.#batch = batch;
    this.#sequence += 1;
    this.#sentFirst = undefined;
  }

  #newBatch(): RedisBatch {
    const { number: shard, host, keys, sketch } = this.#options;
    return new RedisBatch({ keys, shard, rollups: host.rollups, now: host.now(), sketch });
  }

  async #send(batch: RedisBatch): Promise<void> {
    const { number: shard, writer, connection, keys } = this.#options;
    if (performance.now() - (this.#sentFirst ?? Number.POSITIVE_INFINITY) > LONGEST_DOUBT)
      return this.drop('unacknowledged');
    if (this.#sending !== undefined) throw new Error('Redis: an earlier command is still without an answer');
    const { keys: names, texts } = batch.input(keys.writer(shard, writer), this.#sequence, MEMORY);
    const reply = await connection.run((client) => {
      const sent = runScript(client, names, texts);
      const over = () => {
        this.#sending = undefined;
      };
      this.#sending = sent.then(over, over);
      this.#sentFirst ??= performance.now();
      return sent;
    });
    // It may have been given up meanwhile.
    if (this.#batch === batch) this.#settle(batch, reply);
  }

  #settle(batch: RedisBatch, { isKnown, refused }: ScriptReply): void {
    const { host } = this.#options;
    this.#batch = undefined;
    let lost = 0;
    for (const { samples } of batch.cellsOf(refused)) lost += samples;
    host.confirm(batch.samples - lost);
    if (lost > 0) host.drop(lost, 'refused');
    if (refused.length > 0) {
      const message =
        'Redis refused to store some values: a key of the history holds something else. Choose a prefix that nothing else uses.';
      host.report({ code: 'redis_refused', count: Math.max(1, lost), message });
    }
    for (const series of batch.indexed) this.#indexedAt.set(series, performance.now());
    if (refused.length > 0) this.#indexedAt = new WeakMap();
    if (isKnown || this.#sequence === 1) return;
    // A server that does not remember this process may have lost the indexes too.
    this.#indexedAt = new WeakMap();
    const indexBatch = this.#newBatch();
    for (const series of batch.series) this.#index(indexBatch, series);
    this.#enter(indexBatch);
  }

  #isToBeIndexed(series: StoredSeries): boolean {
    const indexedAt = this.#indexedAt.get(series);
    return indexedAt === undefined || performance.now() - indexedAt > INDEX_INTERVAL * 1000;
  }

  /** Until the last page that the series may be written to in the next interval is gone. */
  #index(batch: RedisBatch, series: StoredSeries): void {
    const { host } = this.#options;
    const ends = host.rollups.map((rollup) => expiryOf(rollup, host.now() + PAGE_LENGTH * rollup.step));
    batch.index(series, Math.max(...ends) + 2 * INDEX_INTERVAL);
  }
}
