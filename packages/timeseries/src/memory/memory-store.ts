// The memory store: which series it holds, and how it bounds them. The example of its class makes it longer than other files.
import { bucketStart, oldestBucket } from '../rollup.js';
import { Snapshots } from '../snapshot/snapshots.js';
import type { StoredSeries } from '../stored-series.js';
import { DistinctSummary } from '../summary/distinct-summary.js';
import type { MergeableSummary } from '../summary/mergeable-summary.js';
import { Sketch } from '../summary/sketch.js';
import {
  type GaugeReading,
  type StoreHost,
  type StoreQuery,
  startedHost,
  type TimeSeriesStore,
} from '../time-series-store.js';
import { isTurnOver, nextTurn } from '../turns.js';
import { ByteBudget } from './byte-budget.js';
import { CounterRing } from './counter-ring.js';
import { GaugeRing } from './gauge-ring.js';
import { MemorySeries, type SeriesRing, seriesBytes } from './memory-series.js';
import { type MemoryStoreOptions, resolveMemoryStoreOptions } from './memory-store-options.js';
import { NumberPages } from './number-pages.js';
import { readCounters, readGauges, readSummaries } from './ring-reads.js';
import { SnapshotContent } from './snapshot-content.js';
import { SummaryRing } from './summary-ring.js';

/** When less than this is left, idle series are evicted before the memory is needed. */
const RESERVE_BYTES = 2 ** 14;
/** Share of all series that one eviction removes at most: finding them takes time. */
const EVICTED_SHARE = 1 / 64;

/**
 * History in the memory of the process: a ring of buckets for each series and rollup, bounded in series and in bytes.
 *
 * Samples are confirmed immediately. They are dropped as `too_old` if they are too old for every rollup, and as
 * `store_full` at a limit.
 *
 * @example
 * ```ts
 * import { metrics } from '@metrics/core';
 * import { MemoryStore, TimeSeriesBackend } from '@metrics/timeseries';
 *
 * const store = new MemoryStore({ maxSeries: 1000, maxBytes: 2 ** 24 });
 * metrics.register(new TimeSeriesBackend({ store, include: ['jobs.*'] }));
 * metrics.incr('jobs.done');
 * await metrics.close();
 * ```
 */
export class MemoryStore implements TimeSeriesStore {
  readonly #maxSeries: number;
  readonly #budget: ByteBudget;
  readonly #pages: NumberPages;
  readonly #snapshots: Snapshots | undefined;
  readonly #series = new Map<string, MemorySeries>();
  readonly #byKey = new Map<string, Set<MemorySeries>>();
  readonly #sketch = new Sketch();
  /** Sketches that no read uses now: each takes 45 kB. */
  readonly #unusedSketches: Sketch[] = [];
  readonly #distinct = new DistinctSummary();
  #host: StoreHost | undefined;
  #isClosed = false;
  #content: SnapshotContent | undefined;
  /** The bucket in which no idle series was found: the next search waits for the next bucket. */
  #noIdleSince = -1;

  /**
   * Creates an empty store. A snapshot is read when the backend starts it.
   *
   * @throws {TypeError | RangeError} if an option is invalid, naming it and showing its value.
   */
  constructor(options: MemoryStoreOptions = {}) {
    const { maxSeries, maxBytes, snapshot } = resolveMemoryStoreOptions(options);
    this.#maxSeries = maxSeries;
    this.#budget = new ByteBudget(maxBytes);
    this.#pages = new NumberPages(this.#budget);
    this.#snapshots = snapshot && new Snapshots(snapshot);
  }

  /** The number of series that have a history. */
  get size(): number {
    return this.#series.size;
  }

  /** The memory of the history in bytes, by estimate. */
  get bytes(): number {
    return this.#budget.used;
  }

  /**
   * Starts the store, and reads the snapshot if there is one.
   *
   * @throws {Error} if the store already has a backend.
   */
  start(host: StoreHost): void {
    if (this.#isClosed) throw new Error('This store is closed: create another one.');
    if (this.#host !== undefined) throw new Error('This store has a backend already: give each backend its own.');
    this.#host = host;
    this.#content = new SnapshotContent({
      host,
      histories: this.#series,
      addSeries: (series) => this.#addSeries(series),
      summaryFor: (series) => this.#summaryFor(series),
    });
    this.#snapshots?.start(this.#content, this.#budget.limit * 4);
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
    const summary = this.#summaryFor(series);
    summary.clear();
    for (let index = 0; index < length; index += 1) summary.record(values[index]!);
    const encoded = summary.encode();
    this.#write(
      series,
      time,
      length,
      (ring, bucket, current) => ring instanceof SummaryRing && ring.merge(bucket, current, encoded, summary),
    );
  }

  /** Frees expired history. */
  async flush(): Promise<void> {
    const host = this.#host;
    if (host === undefined) return;
    const now = host.now();
    for (const history of this.#series.values()) {
      if (history.expire(host.rollups, now)) this.#delete(history);
      if (isTurnOver()) await nextTurn();
    }
  }

  /** Writes the snapshot. */
  flushSync(): void {
    this.#snapshots?.saveSync();
  }

  /** Writes the snapshot, if `timeout` allows. History can still be read. */
  async close(options: { readonly timeout: number }): Promise<void> {
    this.#isClosed = true;
    await this.#snapshots?.close(options);
  }

  async keys(): Promise<readonly string[]> {
    return [...this.#byKey.keys()];
  }

  async series(key: string): Promise<readonly StoredSeries[]> {
    return Array.from(this.#byKey.get(key) ?? [], ({ series }) => series);
  }

  async completeSince(): Promise<readonly number[]> {
    return this.#content?.completeSince ?? [];
  }

  async read(series: readonly StoredSeries[], query: StoreQuery): Promise<readonly (number | undefined)[]> {
    const index = this.#host?.rollups.indexOf(query.rollup) ?? -1;
    const rings = series.flatMap(({ identity }) => this.#series.get(identity)?.rings[index] ?? []);
    const kind = series[0]?.kind;
    // All series are of one kind, so their rings are of one class.
    if (kind === undefined || kind === 'counter') return readCounters(rings as CounterRing[], query);
    if (kind === 'gauge') return readGauges(rings as GaugeRing[], query);
    const summary = kind === 'set' ? new DistinctSummary() : (this.#unusedSketches.pop() ?? new Sketch());
    const values = await readSummaries(rings as SummaryRing[], query, summary);
    if (summary instanceof Sketch) this.#unusedSketches.push(summary);
    return values;
  }

  /** Writes to every rollup that still keeps the time, and confirms or drops the samples. */
  #write(
    series: StoredSeries,
    time: number,
    samples: number,
    write: (ring: SeriesRing, bucket: number, current: number) => boolean,
  ): void {
    const host = startedHost(this.#host);
    const now = host.now();
    const keeps = host.rollups.map((rollup) => oldestBucket(rollup, now) <= bucketStart(rollup.step, time));
    if (!keeps.includes(true)) return host.drop(samples, 'too_old');
    const history = this.#series.get(series.identity) ?? this.#addSeries(series);
    if (history === undefined) return this.#dropFull(series, samples);
    if (this.#budget.limit - this.#budget.used < RESERVE_BYTES) this.#evictIdleSeries();
    history.writtenAt = now;
    let isKept = false;
    const rejections = this.#budget.rejections;
    host.rollups.forEach(({ step }, index) => {
      if (keeps[index] && write(history.rings[index]!, Math.floor(time / step), Math.floor(now / step))) isKept = true;
    });
    if (isKept) host.confirm(samples);
    else if (this.#budget.rejections > rejections) this.#dropFull(series, samples);
    else host.drop(samples, 'too_old');
    this.#snapshots?.markChanged();
  }

  #dropFull({ key }: StoredSeries, samples: number): void {
    const host = this.#host!;
    host.drop(samples, 'store_full');
    const message = `The store is full, with ${this.size} series in ${this.bytes} bytes. Raise maxSeries or maxBytes, or keep fewer series.`;
    host.report({ code: 'store_full', metric: key, count: samples, message });
  }

  /** Adds a series. Returns undefined if there is no room for it. */
  #addSeries(series: StoredSeries): MemorySeries | undefined {
    if (this.#series.size >= this.#maxSeries) this.#evictIdleSeries();
    if (this.#series.size >= this.#maxSeries || !this.#budget.reserve(seriesBytes(series))) return undefined;
    const { rollups, now } = this.#host!;
    const history = new MemorySeries(series, rollups, this.#pages, this.#budget, now());
    this.#series.set(series.identity, history);
    const ofKey = this.#byKey.get(series.key);
    if (ofKey === undefined) this.#byKey.set(series.key, new Set([history]));
    else ofKey.add(history);
    return history;
  }

  /** Evicts series that were idle for the span of the finest rollup, the longest idle first, up to a share of all. */
  #evictIdleSeries(): void {
    const host = this.#host!;
    const { step, points } = host.rollups[0]!;
    const now = host.now();
    const bucket = bucketStart(step, now);
    if (bucket === this.#noIdleSince) return;
    // After the clock was set back, earlier writes seem to be in the future; such series are idle as well.
    const idle = [...this.#series.values()].filter(({ writtenAt }) => Math.abs(now - writtenAt) > step * points);
    idle.sort((one, other) => one.writtenAt - other.writtenAt);
    const evicted = idle.slice(0, Math.ceil(this.#series.size * EVICTED_SHARE));
    for (const history of evicted) this.#delete(history);
    if (evicted.length === 0) {
      this.#noIdleSince = bucket;
      return;
    }
    const message = 'The store is full, so the history of long idle series is removed. Raise maxSeries or maxBytes.';
    host.report({ code: 'series_evicted', count: evicted.length, message });
  }

  #delete(history: MemorySeries): void {
    const { series } = history;
    history.free();
    this.#series.delete(series.identity);
    this.#budget.unreserve(seriesBytes(series));
    const ofKey = this.#byKey.get(series.key);
    ofKey?.delete(history);
    if (ofKey?.size === 0) this.#byKey.delete(series.key);
  }

  #summaryFor({ kind }: StoredSeries): MergeableSummary {
    return kind === 'set' ? this.#distinct : this.#sketch;
  }
}
