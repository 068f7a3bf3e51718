import { SampleAccounting } from '@metrics/aggregation';
import type { BackendHost, BackendStats, MetricsBackend, Problem, Series, SeriesId } from '@metrics/core';
import { matchesKey } from './key-pattern.js';
import { LiveColumns } from './recording/live-buffer.js';
import { SampleClock } from './sample-clock.js';
import type { StoredSeries } from './stored-series.js';
import { checkedTimeSeriesOptions, type TimeSeriesOptions } from './time-series-options.js';
import {
  type GroupedRangeOptions,
  type Point,
  type RangeOptions,
  type ReadOptions,
  TimeSeriesReader,
  type TopEntry,
} from './time-series-reader.js';
import type { TimeSeriesStore } from './time-series-store.js';

/** Milliseconds a flush holds the event loop before it lets others run. */
const SLICE = 0.5;
/** How many slots are visited between two looks at the clock. */
const SLOTS_PER_LOOK = 32;

/**
 * The internal time series database: keeps the metrics that ask for it with `internal: true`, or that `include` names,
 * and answers what they were. Every call counts, whatever its sampling rate.
 *
 * Samples of metrics that are not kept are not counted in {@link stats} either. What the database has no place for:
 * events, service checks.
 */
export class TimeSeriesBackend implements MetricsBackend {
  readonly #store: TimeSeriesStore;
  readonly #include: readonly string[];
  readonly #ledger = new SampleAccounting();
  readonly #clock: SampleClock;
  readonly #columns: LiveColumns;
  readonly #reader: TimeSeriesReader;
  readonly #timer: NodeJS.Timeout;
  #host: BackendHost | undefined;
  /** What the store reports before the backend is registered. */
  #untold: Problem[] = [];
  #isFlushing = false;
  #closing: Promise<void> | undefined;

  /** @throws {TypeError} or {@link RangeError} on a bad option, naming it and showing its value. */
  constructor(options: TimeSeriesOptions = {}) {
    const { store, rollups, include, flushInterval, clock } = checkedTimeSeriesOptions(options);
    const { step } = rollups[0]!;
    this.#store = store;
    this.#include = include;
    this.#clock = new SampleClock(step, clock);
    this.#columns = new LiveColumns({ store, ledger: this.#ledger, clock: this.#clock, step });
    const now = () => this.#clock.now();
    store.start({
      rollups,
      now,
      confirm: (samples) => this.#ledger.confirmSent(samples),
      drop: (samples, reason) => this.#ledger.dropInFlight(samples, reason),
      report: (problem) => this.#report(problem),
    });
    this.#reader = new TimeSeriesReader({ store, rollups, now, seal: (key) => this.#columns.sealKey(key) });
    this.#timer = setInterval(() => void this.#flushOnTime(), flushInterval).unref();
  }

  start(host: BackendHost): void {
    this.#host = host;
    for (const problem of this.#untold.splice(0)) this.#report(problem);
  }

  open(id: SeriesId, series: Series): void {
    if (this.#columns.closed) return;
    const isKept = series.internal || this.#include.some((pattern) => matchesKey(pattern, series.key));
    if (isKept) this.#columns.open(id, series);
    else this.#columns.ignore(id);
  }

  release(id: SeriesId): void {
    this.#columns.release(id);
  }

  incr(id: SeriesId, amount: number): void {
    this.#columns.incr(id, amount);
  }

  gauge(id: SeriesId, value: number): void {
    this.#columns.gauge(id, value);
  }

  timing(id: SeriesId, milliseconds: number): void {
    this.#columns.value(id, milliseconds);
  }

  distribution(id: SeriesId, value: number): void {
    this.#columns.value(id, value);
  }

  set(id: SeriesId, member: string): void {
    this.#columns.set(id, member);
  }

  recordAt(id: SeriesId, value: number, epochSeconds: number): void {
    this.#columns.recordAt(id, value, epochSeconds);
  }

  /** What was recorded under a key, a point for each bucket or `step`: all series together, or for each value of a tag. */
  range(key: string, options: GroupedRangeOptions): Promise<Map<string, Point[]>>;
  range(key: string, options?: RangeOptions): Promise<Point[]>;
  range(
    key: string,
    options: RangeOptions & Partial<GroupedRangeOptions> = {},
  ): Promise<Point[] | Map<string, Point[]>> {
    const { groupBy } = options;
    return groupBy === undefined
      ? this.#reader.range(key, options)
      : this.#reader.groupedRange(key, { ...options, groupBy });
  }

  /** A statistic of the whole range; `undefined` where nothing was recorded, except that a counter is 0. */
  value(key: string, options: ReadOptions = {}): Promise<number | undefined> {
    return this.#reader.value(key, options);
  }

  /** How much a counter counted, or what the values of a timing or distribution add up to. Rejects for other kinds. */
  async sum(key: string, options: Omit<ReadOptions, 'statistic'> = {}): Promise<number> {
    return (await this.#reader.value(key, { ...options, statistic: 'sum' })) ?? 0;
  }

  /** The newest point with something in it, in the finest rollup that has one. */
  latest(key: string, options: Pick<ReadOptions, 'tags' | 'statistic'> = {}): Promise<Point | undefined> {
    return this.#reader.latest(key, options);
  }

  /** The `n` values of a tag with the largest {@link value}, largest first. */
  top(key: string, tag: string, n: number, options: ReadOptions = {}): Promise<TopEntry[]> {
    return this.#reader.top(key, tag, n, options);
  }

  /** The keys that have a history, in order: all, an exact one, or those with a beginning, `jobs.*`. */
  async keys(pattern = '*'): Promise<string[]> {
    await this.#seal(Number.POSITIVE_INFINITY);
    return this.#reader.keys(pattern);
  }

  /** The series of a key: kind, unit and tags of each. */
  series(key: string): Promise<readonly StoredSeries[]> {
    return this.#reader.series(key);
  }

  /** Resolves when everything recorded before the call is kept, or waits for a server that is away. */
  async flush(): Promise<void> {
    if (this.#closing !== undefined) return this.#closing;
    await this.#seal(Number.POSITIVE_INFINITY);
    await this.#store.flush();
  }

  flushSync(): void {
    for (let slot = 0; slot < this.#columns.bound; slot += 1) this.#columns.seal(slot);
    this.#store.flushSync?.();
  }

  close(options: { readonly timeout: number }): Promise<void> {
    this.#closing ??= this.#close(options.timeout);
    return this.#closing;
  }

  stats(): BackendStats {
    return this.#ledger.stats(this.#columns.held);
  }

  async #close(timeout: number): Promise<void> {
    const ends = performance.now() + timeout;
    clearInterval(this.#timer);
    this.#host?.collect();
    this.#columns.close();
    this.#clock.stop();
    await this.#seal(ends);
    this.#columns.dropAll('timeout');
    await this.#store.close({ timeout: Math.max(0, ends - performance.now()) });
  }

  async #flushOnTime(): Promise<void> {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    this.#host?.collect();
    await this.flush();
    this.#isFlushing = false;
  }

  /** Gives all samples to the store, in slices that leave the event loop free. */
  async #seal(ends: number): Promise<void> {
    let sliceEnds = performance.now() + SLICE;
    for (let slot = 0; slot < this.#columns.bound; slot += 1) {
      this.#columns.seal(slot);
      if (slot % SLOTS_PER_LOOK !== SLOTS_PER_LOOK - 1 || performance.now() < sliceEnds) continue;
      await new Promise((resolve) => setImmediate(resolve));
      if (performance.now() >= ends) return;
      sliceEnds = performance.now() + SLICE;
    }
  }

  #report(problem: Problem): void {
    if (this.#host === undefined) {
      // A store has little to say so early; what it says again and again is not worth keeping.
      if (this.#untold.length < 10) this.#untold.push(problem);
      return;
    }
    try {
      this.#host.report(problem);
    } catch {
      // The application's handler must not break what it watches.
    }
  }
}
