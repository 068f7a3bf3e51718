import type { StoredSeries } from '../stored-series.js';
import { Sketch } from '../summary/sketch.js';
import type { GaugeReading } from '../time-series-store.js';
import { SHARDS } from './redis-keys.js';

/** A cell's objects, and its entry in a map. */
const CELL_BYTES = 250;
/** A number in a Set. */
const MEMBER_BYTES = 40;
/** Members of one cell; beyond, another cell takes over, so that no message to the server gets large. */
const MOST_MEMBERS = 10_000;

/** What was recorded of a series in one bucket of the finest rollup, and is not yet sent. */
export interface PendingCell {
  readonly series: StoredSeries;
  /** The start of the bucket, in seconds. */
  readonly time: number;
  readonly name: string;
  /** Of a counter the sum, of a timing or distribution an encoded sketch, of a set the hashes of its members. */
  content: number | GaugeReading | string | Set<number>;
  samples: number;
  bytes: number;
  /** Cells are numbered as they come. */
  readonly number: number;
}

/** What waits for Redis, in cells that go on aggregating, the oldest first in each shard. */
export class RedisPending {
  readonly #shards = Array.from({ length: SHARDS }, () => new Map<string, PendingCell>());
  readonly #sketch = new Sketch();
  #cells = 0;
  #bytes = 0;
  #samples = 0;

  /** By estimate. */
  get bytes(): number {
    return this.#bytes;
  }

  get samples(): number {
    return this.#samples;
  }

  /** The number of the cell that came last. */
  get last(): number {
    return this.#cells;
  }

  counter(shard: number, series: StoredSeries, time: number, sum: number, samples: number): void {
    const cell = this.#cell(shard, series, time, samples, 0);
    // Sums of finite amounts can overflow; the largest number is nearer to the truth than none.
    const total = (cell.content as number) + sum;
    cell.content = Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, total));
  }

  gauge(shard: number, series: StoredSeries, time: number, reading: GaugeReading, samples: number): void {
    const cell = this.#cell(shard, series, time, samples, reading);
    const { min, max } = cell.content as GaugeReading;
    cell.content = { last: reading.last, min: Math.min(min, reading.min), max: Math.max(max, reading.max) };
  }

  summary(shard: number, series: StoredSeries, time: number, values: Float64Array, length: number): void {
    const cell = this.#cell(shard, series, time, length, '');
    const before = cell.content as string;
    const sketch = this.#sketch;
    sketch.clear();
    if (before !== '') sketch.merge(before);
    for (let index = 0; index < length; index += 1) sketch.record(values[index]!);
    const text = sketch.encode();
    cell.content = text;
    this.#resize(cell, text.length - before.length);
  }

  members(shard: number, series: StoredSeries, time: number, hashes: Float64Array, length: number): void {
    let name = nameOf(series, time);
    while (Number((this.#shards[shard]!.get(name)?.content as Set<number> | undefined)?.size) >= MOST_MEMBERS)
      name += '+';
    const cell = this.#cell(shard, series, time, length, undefined, name);
    const members = cell.content as Set<number>;
    const before = members.size;
    for (let index = 0; index < length; index += 1) members.add(hashes[index]!);
    this.#resize(cell, (members.size - before) * MEMBER_BYTES);
  }

  /** The oldest cell of a shard, or of all, which stays. */
  oldest(shard?: number): PendingCell | undefined {
    if (shard !== undefined) return this.#shards[shard]!.values().next().value;
    let oldest: PendingCell | undefined;
    for (let index = 0; index < SHARDS; index += 1) {
      const cell = this.oldest(index);
      if (cell !== undefined && cell.number < (oldest?.number ?? Number.POSITIVE_INFINITY)) oldest = cell;
    }
    return oldest;
  }

  remove(shard: number, cell: PendingCell): void {
    this.#shards[shard]!.delete(cell.name);
    this.#samples -= cell.samples;
    this.#bytes -= cell.bytes;
  }

  #cell(
    shard: number,
    series: StoredSeries,
    time: number,
    samples: number,
    content: number | GaugeReading | string | undefined,
    name: string = nameOf(series, time),
  ): PendingCell {
    let cell = this.#shards[shard]!.get(name);
    if (cell === undefined) {
      this.#cells += 1;
      // The series' texts belong to the cell, as it may be the last to refer to them.
      const bytes = CELL_BYTES + 4 * series.identity.length;
      cell = { series, time, name, content: content ?? new Set(), samples: 0, bytes, number: this.#cells };
      this.#shards[shard]!.set(name, cell);
      this.#bytes += bytes;
    }
    cell.samples += samples;
    this.#samples += samples;
    return cell;
  }

  #resize(cell: PendingCell, bytes: number): void {
    cell.bytes += bytes;
    this.#bytes += bytes;
  }
}

function nameOf({ identity }: StoredSeries, time: number): string {
  return `${time}${identity}`;
}
