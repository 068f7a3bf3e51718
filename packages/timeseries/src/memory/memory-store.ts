import { bucketStart, oldestBucket } from '../rollup.js';
import { Snapshots } from '../snapshot/snapshots.js';
import type { StoredSeries } from '../stored-series.js';
import { DistinctCount } from '../summary/distinct-count.js';
import { Sketch } from '../summary/sketch.js';
import type { GaugeReading, StoreHost, StoreQuery, TimeSeriesStore } from '../time-series-store.js';
import { ByteBudget } from './byte-budget.js';
import { CounterRing } from './counter-ring.js';
import { GaugeRing } from './gauge-ring.js';
import { MemorySeries } from './memory-series.js';
import { checkedMemoryStoreOptions, type MemoryStoreOptions } from './memory-store-options.js';
import { NumberPages } from './number-pages.js';
import { readCounters, readGauges, readSummaries } from './ring-reads.js';
import { SummaryRing } from './summary-ring.js';

/** The objects of a series and its entries in maps, with three rollups. Its texts come on top. */
const SERIES_BYTES = 1300;
/** The columns of a gauge. */
const GAUGE_BYTES = 900;
/** When less than this is left, room is made before it is needed. */
const RESERVE = 2 ** 14;
/** Of all series, how many at most make room at once: to look for them costs time. */
const EVICTED_SHARE = 1 / 64;

type WritableRing = MemorySeries['rings'][number];

/**
 * History in the memory of the process: a ring of buckets for each series and rollup, bounded in series and in bytes.
 *
 * Samples are settled as soon as they are given. What is lost: `too_old` for any rollup, `store_full` at a bound.
 */
export class MemoryStore implements TimeSeriesStore {
  readonly #maxSeries: number;
  readonly #budget: ByteBudget;
  readonly #pages: NumberPages;
  readonly #snapshots: Snapshots | undefined;
  readonly #series = new Map<string, MemorySeries>();
  readonly #byKey = new Map<string, Set<MemorySeries>>();
  readonly #sketch = new Sketch();
  readonly #distinct = new DistinctCount();
  #host: StoreHost | undefined;
  /** The bucket in which no idle series was found last: it is not worth another look before the next. */
  #nothingIdle = -1;

  /** @throws {TypeError} or {@link RangeError} on a bad option, naming it and showing its value. */
  constructor(options: MemoryStoreOptions = {}) {
    const { maxSeries, maxBytes, snapshot } = checkedMemoryStoreOptions(options);
    this.#maxSeries = maxSeries;
    this.#budget = new ByteBudget(maxBytes);
    this.#pages = new NumberPages(this.#budget);
    this.#snapshots = snapshot && new Snapshots(snapshot);
  }

  /** How many series have a history. */
  get size(): number {
    return this.#series.size;
  }

  /** How many bytes history takes, by estimate. */
  get bytes(): number {
    return this.#budget.used;
  }

  /**
   * Reads the snapshot, if there is to be one.
   *
   * @throws {Error} when the store has a backend already.
   */
  start(host: StoreHost): void {
    if (this.#host !== undefined) throw new Error('This store has a backend already: give each backend its own.');
    this.#host = host;
    this.#snapshots?.start({
      host,
      summaryOf: (series) => this.#summaryOf(series),
      series: this.#series,
      admit: (series) => this.#admit(series),
      largest: this.#budget.limit * 4,
    });
  }

  counter(series: StoredSeries, time: number, sum: number, samples: number): void {
    this.#write(
      series,
      time,
      samples,
      (ring, bucket, current) => ring instanceof CounterRing && ring.add(bucket, current, sum),
    );
  }

  gauge(series: StoredSeries, time: number, reading: GaugeReading, samples: number): void {
    this.#write(
      series,
      time,
      samples,
      (ring, bucket, current) => ring instanceof GaugeRing && ring.merge(bucket, current, time, reading),
    );
  }

  values(series: StoredSeries, time: number, values: Float64Array, length: number): void {
    const summary = this.#summaryOf(series);
    summary.clear();
    for (let index = 0; index < length; index += 1) summary.record(values[index]!);
    const text = summary.encode();
    this.#write(
      series,
      time,
      length,
      (ring, bucket, current) => ring instanceof SummaryRing && ring.merge(bucket, current, text, summary),
    );
  }

  /** Frees what is too old. */
  async flush(): Promise<void> {
    const host = this.#host;
    if (host === undefined) return;
    const now = host.now();
    for (const history of this.#series.values()) if (history.expire(host.rollups, now)) this.#delete(history);
  }

  /** Writes the snapshot. */
  flushSync(): void {
    this.#snapshots?.saveSync();
  }

  /** Writes the snapshot, if `timeout` allows. What is kept can still be read. */
  async close(options: { readonly timeout: number }): Promise<void> {
    await this.#snapshots?.close(options);
  }

  async keys(): Promise<readonly string[]> {
    return [...this.#byKey.keys()];
  }

  async series(key: string): Promise<readonly StoredSeries[]> {
    return Array.from(this.#byKey.get(key) ?? [], ({ series }) => series);
  }

  async read(series: readonly StoredSeries[], query: StoreQuery): Promise<readonly (number | undefined)[]> {
    const index = this.#host?.rollups.indexOf(query.rollup) ?? -1;
    const rings = series.flatMap(({ identity }) => this.#series.get(identity)?.rings[index] ?? []);
    const kind = series[0]?.kind;
    // All are of one kind, hence their rings are of one class.
    if (kind === undefined || kind === 'counter') return readCounters(rings as CounterRing[], query);
    if (kind === 'gauge') return readGauges(rings as GaugeRing[], query);
    return readSummaries(rings as SummaryRing[], query, this.#summaryOf(series[0]!));
  }

  /** Writes to every rollup that still keeps the time, and answers for the samples. */
  #write(
    series: StoredSeries,
    time: number,
    samples: number,
    put: (ring: WritableRing, bucket: number, current: number) => boolean,
  ): void {
    const host = this.#host!;
    const now = host.now();
    const keeps = host.rollups.map((rollup) => oldestBucket(rollup, now) <= bucketStart(rollup.step, time));
    if (!keeps.includes(true)) return host.drop(samples, 'too_old');
    const history = this.#series.get(series.identity) ?? this.#admit(series);
    if (history === undefined) return this.#refuse(series, samples);
    if (this.#budget.limit - this.#budget.used < RESERVE) this.#makeRoom();
    history.writtenAt = now;
    let isKept = false;
    const refusals = this.#budget.refusals;
    host.rollups.forEach(({ step }, index) => {
      if (keeps[index] && put(history.rings[index]!, Math.floor(time / step), Math.floor(now / step))) isKept = true;
    });
    if (isKept) host.confirm(samples);
    else if (this.#budget.refusals > refusals) this.#refuse(series, samples);
    else host.drop(samples, 'too_old');
    this.#snapshots?.changed();
  }

  #refuse({ key }: StoredSeries, samples: number): void {
    const host = this.#host!;
    host.drop(samples, 'store_full');
    const message = `The store holds ${this.size} series in ${this.bytes} bytes and takes no more. Raise maxSeries or maxBytes, or keep fewer series.`;
    host.report({ code: 'store_full', metric: key, count: samples, message });
  }

  /** A new series, where there is room for one. */
  #admit(series: StoredSeries): MemorySeries | undefined {
    if (this.#series.size >= this.#maxSeries) this.#makeRoom();
    if (this.#series.size >= this.#maxSeries || !this.#budget.take(bytesOf(series))) return undefined;
    const { rollups, now } = this.#host!;
    const history = new MemorySeries(series, rollups, this.#pages, this.#budget, now());
    this.#series.set(series.identity, history);
    const ofKey = this.#byKey.get(series.key);
    if (ofKey === undefined) this.#byKey.set(series.key, new Set([history]));
    else ofKey.add(history);
    return history;
  }

  /** Ends the series that were idle for the span of the finest rollup, the longest idle first, but not many at once. */
  #makeRoom(): void {
    const host = this.#host!;
    const { step, points } = host.rollups[0]!;
    const now = host.now();
    const bucket = bucketStart(step, now);
    if (bucket === this.#nothingIdle) return;
    // A clock that went back makes what was written before look like the future; that is idle as well.
    const idle = [...this.#series.values()].filter(({ writtenAt }) => Math.abs(now - writtenAt) > step * points);
    idle.sort((one, other) => one.writtenAt - other.writtenAt);
    const evicted = idle.slice(0, Math.ceil(this.#series.size * EVICTED_SHARE));
    for (const history of evicted) this.#delete(history);
    if (evicted.length === 0) this.#nothingIdle = bucket;
    else {
      const message =
        'The store is full: the history of series that were idle for long makes room for others. Raise maxSeries or maxBytes.';
      host.report({ code: 'series_evicted', count: evicted.length, message });
    }
  }

  #delete(history: MemorySeries): void {
    const { series } = history;
    history.free();
    this.#series.delete(series.identity);
    this.#budget.give(bytesOf(series));
    const ofKey = this.#byKey.get(series.key);
    ofKey?.delete(history);
    if (ofKey?.size === 0) this.#byKey.delete(series.key);
  }

  #summaryOf({ kind }: StoredSeries): Sketch | DistinctCount {
    return kind === 'set' ? this.#distinct : this.#sketch;
  }
}

function bytesOf({ identity, kind }: StoredSeries): number {
  // The identity, and the same texts again as key and tags.
  return SERIES_BYTES + (kind === 'gauge' ? GAUGE_BYTES : 0) + 2 * identity.length;
}
