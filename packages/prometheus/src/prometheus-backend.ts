// The backend: totals that servers scrape.
import { BackendReporter, SampleAccounting, Totals } from '@metrics/aggregation';
import type { BackendHost, BackendStats, MetricsBackend, Series, SeriesId } from '@metrics/core';
import { Interner } from '@metrics/core/backend';
import { Exposition } from './exposition.js';
import { defineFamily, labelsOf } from './exposition-names.js';
import { type PrometheusOptions, type ResolvedPrometheusOptions, resolveOptions } from './prometheus-options.js';
import { OPEN_METRICS_TYPE, prefersOpenMetrics, type Scrape, TEXT_TYPE } from './scrape.js';
import { ScrapeServer } from './scrape-server.js';

/** The accounting of samples, and what reads them. */
export interface PrometheusStats extends BackendStats {
  /** Series that are shown, idle ones included. */
  readonly series: number;
  /** Scrapes that have begun. */
  readonly scrapes: number;
  /** When the last one began, in milliseconds since the epoch. */
  readonly lastScrape: number | undefined;
  /** The port that scrapes are served on, if the option `port` is set and it listens. */
  readonly port: number | undefined;
}

/**
 * Keeps totals for Prometheus, and every server that reads its text format, to scrape. A scrape changes nothing, so that
 * any number of servers read the same.
 *
 * A sample is sent as soon as it is in the totals: when someone reads them is not for the backend to know. After `close` the
 * handler still responds with the last totals; the option's own port is closed.
 *
 * @example
 * ```ts
 * import { metrics } from '@metrics/core';
 * import { PrometheusBackend } from '@metrics/prometheus';
 *
 * const backend = new PrometheusBackend({ buckets: { 'db.*': [1, 10, 100] } });
 * metrics.register(backend);
 * metrics.timing('db.query', 12.5, { tags: { table: 'users' } });
 *
 * for await (const part of backend.scrape().body) console.log(part);
 * await metrics.close();
 * ```
 */
export class PrometheusBackend implements MetricsBackend {
  readonly #options: ResolvedPrometheusOptions;
  readonly #labels = new Interner();
  readonly #reporter = new BackendReporter();
  readonly #accounting = new SampleAccounting(this.#reporter);
  readonly #totals: Totals;
  readonly #exposition: Exposition;
  readonly #server: ScrapeServer | undefined;
  /** Samples in the totals that the accounting does not know yet. */
  #recorded = 0;
  #scrapes = 0;
  #lastScrape: number | undefined;

  /**
   * Creates the backend. With the option `port` it listens from registration on.
   *
   * @throws {TypeError | RangeError} if an option is invalid, naming it and showing its value.
   */
  constructor(options: PrometheusOptions = {}) {
    this.#options = resolveOptions(options);
    const { totals, listen } = this.#options;
    this.#totals = new Totals({
      labels: this.#labels,
      accounting: this.#accounting,
      reporter: this.#reporter,
      maxReleased: totals.maxReleased,
      setWindow: totals.setWindow,
    });
    this.#exposition = new Exposition(this.#totals, this.#labels);
    this.#server = listen && new ScrapeServer(listen, this.#reporter);
  }

  get closed(): boolean {
    return this.#totals.closed;
  }

  /**
   * Called once, at registration, before all other methods.
   *
   * @throws {Error} if the backend is closed.
   */
  start(host: BackendHost): void {
    if (this.closed) throw new Error('This backend is closed: create another one.');
    this.#reporter.start(host);
    this.#server?.start(this);
  }

  open(id: SeriesId, series: Series): void {
    if (this.closed) return;
    const { totals, instanceLabel } = this.#options;
    const family = defineFamily(series, totals.kindOf(series), totals.bucketsFor);
    if (family === undefined) return this.#totals.reject(id, 'empty_name');
    const labels = labelsOf(series, instanceLabel).map((label) => this.#labels.acquire(label));
    this.#totals.open(id, family, labels);
  }

  release(id: SeriesId, ended: boolean): void {
    this.#totals.release(id, ended);
  }

  incr(id: SeriesId, amount: number): void {
    if (this.#totals.incr(id, amount) >= 0) this.#recorded += 1;
  }

  gauge(id: SeriesId, value: number): void {
    if (this.#totals.gauge(id, value) >= 0) this.#recorded += 1;
  }

  timing(id: SeriesId, milliseconds: number): void {
    if (this.#totals.value(id, milliseconds) >= 0) this.#recorded += 1;
  }

  distribution(id: SeriesId, value: number): void {
    if (this.#totals.value(id, value) >= 0) this.#recorded += 1;
  }

  set(id: SeriesId, member: string): void {
    if (this.#totals.set(id, member) >= 0) this.#recorded += 1;
  }

  /**
   * Begins a scrape: reads the observed gauges, and returns the text to respond with. For frameworks that
   * {@link prometheusHandler} does not fit.
   *
   * @param accept the header of the request, which matters only with the option `format: 'auto'`.
   */
  scrape(accept?: string): Scrape {
    this.#scrapes += 1;
    this.#lastScrape = Date.now();
    if (!this.closed) this.#reporter.collect();
    const isOpenMetrics = this.#options.format === 'auto' && prefersOpenMetrics(accept);
    return {
      contentType: isOpenMetrics ? OPEN_METRICS_TYPE : TEXT_TYPE,
      body: this.#exposition.parts(isOpenMetrics),
    };
  }

  /** Resolves with the text of a scrape, to push it to a gateway or to look at it. */
  async expose(): Promise<string> {
    let text = '';
    for await (const part of this.scrape().body) text += part;
    return text;
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {
    if (this.closed) return;
    this.#reporter.collect();
    this.#totals.close();
    this.#server?.close();
  }

  stats(): PrometheusStats {
    this.#accounting.handOver(this.#recorded);
    this.#accounting.confirmSent(this.#recorded);
    this.#recorded = 0;
    return {
      ...this.#accounting.stats(0),
      series: this.#totals.size,
      scrapes: this.#scrapes,
      lastScrape: this.#lastScrape,
      port: this.#server?.port,
    };
  }
}
