import { bucketStart, oldestBucket, type Rollup } from '../rollup.js';
import type { StoredSeries } from '../stored-series.js';
import type { Sketch } from '../summary/sketch.js';
import type { GaugeReading } from '../time-series-store.js';
import type { PendingCell } from './pending-writes.js';
import { gaugeText, sketchText } from './redis-encoding.js';
import { expiryOf, PAGE_LENGTH, type RedisKeys } from './redis-keys.js';

type Kind = 'counter' | 'gauge' | 'sketch' | 'members' | 'index';

interface Change {
  readonly kind: Kind;
  readonly seconds: number;
  /** Fields and numbers of values in turn. */
  readonly entries: (string | number)[];
}

export interface RedisBatchOptions {
  readonly keys: RedisKeys;
  readonly shard: number;
  readonly rollups: readonly Rollup[];
  /** Seconds since the epoch. */
  readonly now: number;
  /** Filled with each summary in turn; what is in it is lost. */
  readonly sketch: Sketch;
}

/** What goes to Redis at once: cells of one shard, each for every rollup that still keeps its time. */
export class RedisBatch {
  readonly #options: RedisBatchOptions;
  readonly #changes = new Map<string, Change>();
  readonly #values: string[] = [];
  /** By number of value, from 1 on; a value that describes a series has none. */
  readonly #cells: (PendingCell | undefined)[] = [undefined];
  /** The series that are to be in the index from now on. */
  readonly indexed: Set<StoredSeries> = new Set();
  samples = 0;
  bytes = 0;

  constructor(options: RedisBatchOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#values.length;
  }

  /** Answers false when no rollup keeps the cell's time any more. */
  add(cell: PendingCell): boolean {
    const { keys, rollups, now, sketch } = this.#options;
    const { series, time } = cell;
    const kept = rollups.filter((rollup) => oldestBucket(rollup, now) <= bucketStart(rollup.step, time));
    if (kept.length === 0) return false;
    const [kind, text] = valueOf(cell, sketch);
    const value = this.#value(text, cell);
    for (const rollup of kept) {
      const start = bucketStart(rollup.step, time);
      const bucket = start / rollup.step;
      const page = Math.floor(bucket / PAGE_LENGTH);
      if (kind === 'members')
        this.#change(keys.page(series, rollup, start), kind, expiryOf(rollup, start + rollup.step), '', value);
      else {
        const end = (page + 1) * PAGE_LENGTH * rollup.step;
        this.#change(
          keys.page(series, rollup, page),
          kind,
          expiryOf(rollup, end),
          `${bucket - page * PAGE_LENGTH}`,
          value,
        );
      }
    }
    this.samples += cell.samples;
    this.bytes += cell.bytes;
    return true;
  }

  /** The series that the cells are of. */
  get series(): Set<StoredSeries> {
    return new Set(this.#cells.flatMap((cell) => cell?.series ?? []));
  }

  /** Enters a series into the indexes, until `expiry`. */
  index(series: StoredSeries, expiry: number): void {
    if (this.indexed.has(series)) return;
    this.indexed.add(series);
    const { keys, shard } = this.#options;
    const { kind, key, unit, tags } = series;
    this.#change(keys.keyIndex(shard), 'index', expiry, '', this.#value(key, undefined));
    const description = JSON.stringify({ kind, key, unit, tags });
    this.#change(keys.seriesIndex(key), 'index', expiry, '', this.#value(description, undefined));
  }

  /** The cells behind some values. */
  cellsOf(values: readonly number[]): Set<PendingCell> {
    return new Set(values.flatMap((value) => this.#cells[value] ?? []));
  }

  /** What the script takes, as its comment says. */
  input(writer: string, sequence: number, memory: number): { keys: string[]; texts: string[] } {
    const texts = [`${sequence}`, `${memory}`, `${this.#values.length}`, ...this.#values];
    for (const { kind, seconds, entries } of this.#changes.values()) {
      texts.push(kind, `${seconds}`, `${entries.length / 2}`);
      for (const entry of entries) texts.push(`${entry}`);
    }
    return { keys: [writer, ...this.#changes.keys()], texts };
  }

  #value(text: string, cell: PendingCell | undefined): number {
    this.#cells.push(cell);
    return this.#values.push(text);
  }

  #change(key: string, kind: Kind, expiry: number, field: string, value: number): void {
    const change = this.#changes.get(key);
    if (change !== undefined) change.entries.push(field, value);
    else {
      // Relative, so that clocks need not agree.
      const seconds = Math.max(1, Math.ceil(expiry - this.#options.now));
      this.#changes.set(key, { kind, seconds, entries: [field, value] });
    }
  }
}

/** A cell's content as the script merges it. */
function valueOf({ series, time, content }: PendingCell, sketch: Sketch): [Kind, string] {
  if (series.kind === 'counter') return ['counter', `${content as number}`];
  if (series.kind === 'gauge') return ['gauge', gaugeText(time, content as GaugeReading)];
  if (series.kind === 'set') return ['members', [...(content as Set<number>)].join(' ')];
  sketch.clear();
  sketch.merge(content as string);
  return ['sketch', sketchText(sketch)];
}
