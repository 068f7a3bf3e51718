// The backend: recording, reads and flushes, over a store. The example of its class makes it longer than other files.
import { BackendReporter, SampleAccounting } from '@metrics/aggregation';
import type { BackendHost, BackendStats, MetricsBackend, Series, SeriesId } from '@metrics/core';
import { matchesAny, nextRound } from '@metrics/core/backend';
import { keepAlive } from './keep-alive.js';
import type { AnyReadOptions, GroupedRangeOptions, RangeOptions, ReadOptions } from './read-options.js';
import { LiveBuffer } from './recording/live-buffer.js';
import { SampleClock } from './recording/sample-clock.js';
import type { StoredSeries } from './stored-series.js';
import { resolveTimeSeriesOptions, type TimeSeriesOptions } from './time-series-options.js';
import { type Point, TimeSeriesReader, type TopEntry } from './time-series-reader.js';
import type { TimeSeriesStore } from './time-series-store.js';

/** Milliseconds that a flush works before it yields to the event loop. */
const SLICE_MS = 0.5;
const SLOTS_PER_CLOCK_CHECK = 32;

/**
 * The internal time series database. It keeps the metrics recorded with `internal: true` and those that `include` names,
 * and lets you query them. Every call counts, whatever its sampling rate.
 *
 * Samples of metrics that are not kept are not counted in {@link stats} either. Events and service checks are not
 * supported.
 *
 * @example
 * ```ts
 * import { metrics } from '@metrics/core';
 * import { TimeSeriesBackend } from '@metrics/timeseries';
 *
 * const history = new TimeSeriesBackend();
 * metrics.register(history);
 * metrics.incr('jobs.done', { tags: { task: 'mail' }, internal: true });
 *
 * console.log(await history.sum('jobs.done'), await history.top('jobs.done', 'task', 5));
 * await metrics.close();
 * ```
 */
export class TimeSeriesBackend implements MetricsBackend {
  readonly #store: TimeSeriesStore;
  readonly #include: readonly string[];
  readonly #reporter = new BackendReporter();
  readonly #accounting = new SampleAccounting(this.#reporter);
  readonly #clock: SampleClock;
  readonly #buffer: LiveBuffer;
  readonly #reader: TimeSeriesReader;
  readonly #timer: NodeJS.Timeout;
  /** The message of the store's last error since it stored anything. */
  #lastError: string | undefined;
  /** Samples lost at the end and not yet reported. */
  #lost = 0;
  #isFlushing = false;
  #isClosed = false;
  #closing: Promise<void> | undefined;

  /**
   * Creates the backend and starts its store.
   *
   * @throws {TypeError | RangeError} if an option is invalid, naming it and showing its value.
   */
  constructor(options: TimeSeriesOptions = {}) {
    const { store, rollups, include, flushInterval, clock } = resolveTimeSeriesOptions(options);
    const { step } = rollups[0]!;
    this.#store = store;
    this.#include = include;
    this.#clock = new SampleClock(step, clock);
    this.#buffer = new LiveBuffer({ store, accounting: this.#accounting, clock: this.#clock, step });
    const now = () => this.#clock.now();
    store.start({
      rollups,
      now,
      confirm: (samples) => {
        this.#accounting.confirmSent(samples);
        this.#lastError = undefined;
      },
      drop: (samples, reason) => {
        this.#accounting.dropInFlight(samples, reason);
        if (reason === 'timeout' || reason === 'exit') this.#lost += samples;
      },
      report: ({ code, message, ...details }) => {
        if (details.cause instanceof Error) this.#lastError = details.cause.message;
        this.#reporter.report(code, message, details);
      },
    });
    const pushKeyToStore = (key: string) => this.#buffer.pushKeyToStore(key);
    this.#reader = new TimeSeriesReader({ store, rollups, now, pushKeyToStore });
    this.#timer = setInterval(() => void this.#flushOnTimer(), flushInterval).unref();
  }

  get closed(): boolean {
    return this.#isClosed;
  }

  /**
   * Called once, at registration, before all other methods.
   *
   * @throws {Error} if the backend is closed.
   */
  start(host: BackendHost): void {
    if (this.#isClosed) throw new Error('This backend is closed: create another one.');
    this.#reporter.start(host);
  }

  open(id: SeriesId, series: Series): void {
    if (this.#isClosed) return;
    if (series.internal || matchesAny(this.#include, series.key)) this.#buffer.open(id, series);
    else this.#buffer.ignore(id);
  }

  release(id: SeriesId): void {
    this.#buffer.release(id);
  }

  incr(id: SeriesId, amount: number): void {
    this.#buffer.incr(id, amount);
  }

  gauge(id: SeriesId, value: number): void {
    this.#buffer.gauge(id, value);
  }

  timing(id: SeriesId, milliseconds: number): void {
    this.#buffer.value(id, milliseconds);
  }

  distribution(id: SeriesId, value: number): void {
    this.#buffer.value(id, value);
  }

  set(id: SeriesId, member: string): void {
    this.#buffer.set(id, member);
  }

  recordAt(id: SeriesId, value: number, epochSeconds: number): void {
    this.#buffer.recordAt(id, value, epochSeconds);
  }

  /**
   * Resolves with the points of each value of a tag, by that value, for each bucket or each `step`.
   * Rejects with a `TypeError` or `RangeError` if an option is invalid, or if there are more than 1,000,000 points.
   */
  range(key: string, options: GroupedRangeOptions): Promise<Map<string, Point[]>>;
  /**
   * Resolves with a point for each bucket, or each `step`, of all series of a key together. The last hour without
   * options.
   * Rejects with a `TypeError` or `RangeError` if an option is invalid, or if there are more than 1,000,000 points.
   */
  range(key: string, options?: RangeOptions): Promise<Point[]>;
  range(key: string, options: AnyReadOptions = {}): Promise<Point[] | Map<string, Point[]>> {
    return options?.groupBy === undefined
      ? this.#reader.range(key, options)
      : this.#reader.groupedRange(key, options as GroupedRangeOptions);
  }

  /** Resolves with one statistic of the whole range: `undefined` if nothing was recorded, but 0 for a counter. */
  value(key: string, options: ReadOptions = {}): Promise<number | undefined> {
    return this.#reader.value(key, options);
  }

  /**
   * Resolves with the sum of a counter's amounts, or of the values of a timing or distribution. Rejects for other kinds.
   */
  sum(key: string, options: Omit<ReadOptions, 'statistic'> = {}): Promise<number> {
    return this.#reader.sum(key, options);
  }

  /** Resolves with the newest point that is not empty, from the finest rollup that has one. */
  latest(key: string, options: Pick<ReadOptions, 'tags' | 'statistic'> = {}): Promise<Point | undefined> {
    return this.#reader.latest(key, options);
  }

  /** Resolves with the `n` values of a tag that have the largest {@link value}, largest first. */
  top(key: string, tag: string, n: number, options: ReadOptions = {}): Promise<TopEntry[]> {
    return this.#reader.top(key, tag, n, options);
  }

  /** Resolves with the keys that have a history, in order. In the pattern `*` stands for any characters: `jobs.*`. */
  async keys(pattern = '*'): Promise<string[]> {
    await this.#pushToStore(Number.POSITIVE_INFINITY);
    return this.#reader.keys(pattern);
  }

  /** Resolves with the series of a key: kind, unit and tags of each. */
  series(key: string): Promise<readonly StoredSeries[]> {
    return this.#reader.series(key);
  }

  /** Resolves when everything recorded before the call is kept, or waits for an unavailable server. */
  async flush(): Promise<void> {
    if (this.#closing !== undefined) return this.#closing;
    return keepAlive(this.#flush());
  }

  flushSync(): void {
    for (let slot = 0; slot < this.#buffer.bound; slot += 1) this.#buffer.pushToStore(slot);
    this.#store.flushSync?.();
    this.#reportLoss('lost_at_exit', 'The process ended before they were stored: await close() before process.exit().');
  }

  close(options: { readonly timeout: number }): Promise<void> {
    this.#closing ??= this.#close(options.timeout);
    return this.#closing;
  }

  stats(): BackendStats {
    return this.#accounting.stats(this.#buffer.buffered);
  }

  async #close(timeout: number): Promise<void> {
    const deadline = performance.now() + timeout;
    clearInterval(this.#timer);
    this.#reporter.collect();
    this.#isClosed = true;
    this.#buffer.close();
    this.#clock.stop();
    await this.#pushToStore(deadline);
    this.#lost += this.#buffer.buffered;
    this.#buffer.dropAll('timeout');
    await this.#store.close({ timeout: Math.max(0, deadline - performance.now()) });
    this.#reportLoss('lost_at_close', `They were not stored within the ${timeout} ms of close(): raise its timeout.`);
  }

  /** Reports all samples that were lost at the end as one problem. */
  #reportLoss(code: string, reason: string): void {
    const count = this.#lost;
    this.#lost = 0;
    if (count === 0) return;
    const error = this.#lastError === undefined ? '' : ` The last error: ${this.#lastError}.`;
    this.#reporter.report(code, `${count} samples of the history are lost. ${reason}${error}`, { count });
  }

  async #flushOnTimer(): Promise<void> {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    this.#reporter.collect();
    // This one is not awaited, so it does not keep the process alive.
    if (this.#closing === undefined) await this.#flush();
    this.#isFlushing = false;
  }

  async #flush(): Promise<void> {
    await this.#pushToStore(Number.POSITIVE_INFINITY);
    await this.#store.flush();
  }

  /** Hands all samples to the store, yielding to the event loop between slices. Stops early at the deadline. */
  async #pushToStore(deadline: number): Promise<void> {
    let sliceEnds = performance.now() + SLICE_MS;
    for (let slot = 0; slot < this.#buffer.bound; slot += 1) {
      this.#buffer.pushToStore(slot);
      if (slot % SLOTS_PER_CLOCK_CHECK !== SLOTS_PER_CLOCK_CHECK - 1 || performance.now() < sliceEnds) continue;
      await nextRound();
      if (performance.now() >= deadline) return;
      sliceEnds = performance.now() + SLICE_MS;
    }
  }
}
