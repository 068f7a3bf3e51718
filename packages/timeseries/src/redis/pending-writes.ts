// Samples that wait for Redis.
import { addFinite } from '../finite-sum.js';
import type { StoredSeries } from '../stored-series.js';
import { Sketch } from '../summary/sketch.js';
import type { GaugeReading } from '../time-series-store.js';
import { SHARDS } from './redis-keys.js';

/** Bytes of a write's objects and its map entry. */
const WRITE_BYTES = 250;
/** Bytes of a number in a Set. */
const MEMBER_BYTES = 40;
/** Members of one write. Further members get another write, so that no message to the server becomes large. */
const MAX_MEMBERS = 10_000;

/** The samples of a series in one bucket of the finest rollup that are not sent yet. */
export interface PendingWrite {
  readonly series: StoredSeries;
  /** Start of the bucket, in seconds. */
  readonly time: number;
  /** Identifies the write among those of its shard. */
  readonly mapKey: string;
  /**
   * A counter's sum, a gauge's reading, the encoded sketch of a timing or distribution, or the hashes of a set's members.
   */
  content: number | GaugeReading | string | Set<number>;
  samples: number;
  bytes: number;
  /** Position in the order of arrival, from 1 on. */
  readonly number: number;
}

/** Writes that wait for Redis and keep aggregating, oldest first in each shard. */
export class PendingWrites {
  readonly #shards = Array.from({ length: SHARDS }, () => new Map<string, PendingWrite>());
  readonly #sketch = new Sketch();
  #count = 0;
  #bytes = 0;
  #samples = 0;

  /** The memory of the writes in bytes, by estimate. */
  get bytes(): number {
    return this.#bytes;
  }

  get samples(): number {
    return this.#samples;
  }

  /** The number of the newest write. */
  get lastNumber(): number {
    return this.#count;
  }

  counter(shard: number, series: StoredSeries, time: number, sum: number, samples: number): void {
    const write = this.#writeFor(shard, series, time, samples, 0);
    write.content = addFinite(write.content as number, sum);
  }

  gauge(shard: number, series: StoredSeries, time: number, reading: GaugeReading, samples: number): void {
    const write = this.#writeFor(shard, series, time, samples, reading);
    const { min, max } = write.content as GaugeReading;
    write.content = { last: reading.last, min: Math.min(min, reading.min), max: Math.max(max, reading.max) };
  }

  summary(shard: number, series: StoredSeries, time: number, values: Float64Array, length: number): void {
    const write = this.#writeFor(shard, series, time, length, '');
    const before = write.content as string;
    const sketch = this.#sketch;
    sketch.clear();
    if (before !== '') sketch.merge(before);
    for (let index = 0; index < length; index += 1) sketch.record(values[index]!);
    const encoded = sketch.encode();
    write.content = encoded;
    this.#resize(write, encoded.length - before.length);
  }

  members(shard: number, series: StoredSeries, time: number, hashes: Float64Array, length: number): void {
    let mapKey = mapKeyFor(series, time);
    while (Number((this.#shards[shard]!.get(mapKey)?.content as Set<number> | undefined)?.size) >= MAX_MEMBERS)
      mapKey += '+';
    const write = this.#writeFor(shard, series, time, length, undefined, mapKey);
    const members = write.content as Set<number>;
    const before = members.size;
    for (let index = 0; index < length; index += 1) members.add(hashes[index]!);
    this.#resize(write, (members.size - before) * MEMBER_BYTES);
  }

  /** Returns the oldest write of a shard, or of all shards. It stays pending. */
  oldest(shard?: number): PendingWrite | undefined {
    if (shard !== undefined) return this.#shards[shard]!.values().next().value;
    let oldest: PendingWrite | undefined;
    for (let index = 0; index < SHARDS; index += 1) {
      const write = this.oldest(index);
      if (write !== undefined && write.number < (oldest?.number ?? Number.POSITIVE_INFINITY)) oldest = write;
    }
    return oldest;
  }

  remove(shard: number, write: PendingWrite): void {
    this.#shards[shard]!.delete(write.mapKey);
    this.#samples -= write.samples;
    this.#bytes -= write.bytes;
  }

  #writeFor(
    shard: number,
    series: StoredSeries,
    time: number,
    samples: number,
    content: number | GaugeReading | string | undefined,
    mapKey: string = mapKeyFor(series, time),
  ): PendingWrite {
    let write = this.#shards[shard]!.get(mapKey);
    if (write === undefined) {
      this.#count += 1;
      // The strings of the series are included: the write may be the last to refer to them.
      const bytes = WRITE_BYTES + 4 * series.identity.length;
      write = { series, time, mapKey, content: content ?? new Set(), samples: 0, bytes, number: this.#count };
      this.#shards[shard]!.set(mapKey, write);
      this.#bytes += bytes;
    }
    write.samples += samples;
    this.#samples += samples;
    return write;
  }

  #resize(write: PendingWrite, bytes: number): void {
    write.bytes += bytes;
    this.#bytes += bytes;
  }
}

function mapKeyFor({ identity }: StoredSeries, time: number): string {
  return `${time}${identity}`;
}
