// Pending writes as the input of the script that stores them.
import { bucketStart, oldestBucket, type Rollup } from '../rollup.js';
import type { StoredSeries } from '../stored-series.js';
import type { Sketch } from '../summary/sketch.js';
import type { GaugeReading } from '../time-series-store.js';
import type { PendingWrite } from './pending-writes.js';
import type { ScriptInput } from './redis-client.js';
import { encodeGauge, encodeSketch } from './redis-encoding.js';
import { expiresAt, PAGE_BUCKETS, type RedisKeys } from './redis-keys.js';

type ChangeKind = 'counter' | 'gauge' | 'sketch' | 'members' | 'index' | 'rollups';

/** The changes of one key on Redis. */
interface Change {
  readonly kind: ChangeKind;
  /** Seconds to live. */
  readonly seconds: number;
  /** Alternately a field and the number of a value. */
  readonly entries: (string | number)[];
}

export interface RedisBatchOptions {
  readonly keys: RedisKeys;
  readonly shard: number;
  readonly rollups: readonly Rollup[];
  /** Seconds since the epoch. */
  readonly now: number;
  /** A sketch to encode with; its content is overwritten. */
  readonly sketch: Sketch;
}

/** One message to Redis: writes of one shard, each for every rollup that still keeps its time. */
export class RedisBatch {
  readonly #options: RedisBatchOptions;
  readonly #changes = new Map<string, Change>();
  readonly #values: string[] = [];
  /** The write of each value, by the value's number from 1 on. Values that describe a series have none. */
  readonly #writes: (PendingWrite | undefined)[] = [undefined];
  /** The series that this batch adds to the index. */
  readonly indexed: Set<StoredSeries> = new Set();
  samples = 0;
  bytes = 0;

  constructor(options: RedisBatchOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#values.length;
  }

  /** Adds a write. Returns false if no rollup keeps its time any more. */
  add(write: PendingWrite): boolean {
    const { keys, rollups, now, sketch } = this.#options;
    const { series, time } = write;
    const kept = rollups.filter((rollup) => oldestBucket(rollup, now) <= bucketStart(rollup.step, time));
    if (kept.length === 0) return false;
    const [kind, encoded] = encodeWrite(write, sketch);
    const value = this.#addValue(encoded, write);
    for (const rollup of kept) {
      const start = bucketStart(rollup.step, time);
      const bucket = start / rollup.step;
      const page = Math.floor(bucket / PAGE_BUCKETS);
      if (kind === 'members')
        this.#addChange(keys.page(series, rollup, start), kind, expiresAt(rollup, start + rollup.step), '', value);
      else {
        const key = keys.page(series, rollup, page);
        const end = (page + 1) * PAGE_BUCKETS * rollup.step;
        this.#addChange(key, kind, expiresAt(rollup, end), `${bucket - page * PAGE_BUCKETS}`, value);
      }
    }
    this.samples += write.samples;
    this.bytes += write.bytes;
    return true;
  }

  /** The series of the writes. */
  get series(): Set<StoredSeries> {
    return new Set(this.#writes.flatMap((write) => write?.series ?? []));
  }

  /** Adds a series to the indexes, and the rollups, until `expiry`, in seconds since the epoch. */
  index(series: StoredSeries, expiry: number): void {
    if (this.indexed.has(series)) return;
    const { keys, shard, rollups, now } = this.#options;
    if (this.indexed.size === 0)
      for (const { step, points } of rollups)
        this.#addChange(
          keys.rollups(shard),
          'rollups',
          expiry,
          `${step}`,
          this.#addValue(`${now} ${points}`, undefined),
        );
    this.indexed.add(series);
    const { kind, key, unit, tags } = series;
    this.#addChange(keys.keyIndex(shard), 'index', expiry, '', this.#addValue(key, undefined));
    const description = JSON.stringify({ kind, key, unit, tags });
    this.#addChange(keys.seriesIndex(key), 'index', expiry, '', this.#addValue(description, undefined));
  }

  /** Returns the writes that some values, by their numbers, come from. */
  writesOf(values: readonly number[]): Set<PendingWrite> {
    return new Set(values.flatMap((value) => this.#writes[value] ?? []));
  }

  /** Returns the input of the script, in the order that its comment describes. */
  scriptInput(writerKey: string, sequence: number, writerTtl: number): ScriptInput {
    const input = [`${sequence}`, `${writerTtl}`, `${this.#values.length}`, ...this.#values];
    for (const { kind, seconds, entries } of this.#changes.values()) {
      input.push(kind, `${seconds}`, `${entries.length / 2}`);
      for (const entry of entries) input.push(`${entry}`);
    }
    return { keys: [writerKey, ...this.#changes.keys()], arguments: input };
  }

  #addValue(value: string, write: PendingWrite | undefined): number {
    this.#writes.push(write);
    return this.#values.push(value);
  }

  #addChange(key: string, kind: ChangeKind, expiry: number, field: string, value: number): void {
    const change = this.#changes.get(key);
    if (change !== undefined) change.entries.push(field, value);
    else {
      // Relative to now, so that clocks need not agree.
      const seconds = Math.max(1, Math.ceil(expiry - this.#options.now));
      this.#changes.set(key, { kind, seconds, entries: [field, value] });
    }
  }
}

/** Encodes the content of a write as the script merges it. */
function encodeWrite({ series, time, content }: PendingWrite, sketch: Sketch): [ChangeKind, string] {
  if (series.kind === 'counter') return ['counter', `${content as number}`];
  if (series.kind === 'gauge') return ['gauge', encodeGauge(time, content as GaugeReading)];
  if (series.kind === 'set') return ['members', [...(content as Set<number>)].join(' ')];
  sketch.clear();
  sketch.merge(content as string);
  return ['sketch', encodeSketch(sketch)];
}
