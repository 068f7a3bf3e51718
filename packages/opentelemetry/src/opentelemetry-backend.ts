// The backend: totals that an exporter sends, or that an SDK collects.
import { BackendReporter, SampleAccounting } from '@metrics/aggregation';
import type { BackendHost, BackendStats, MetricsBackend, Series, SeriesId } from '@metrics/core';
import { Interner } from '@metrics/core/backend';
import { ExportLoop, SCOPE } from './export-loop.js';
import { attributesOf, defineFamily } from './metric-names.js';
import { MetricReader } from './metric-reader.js';
import { type ResourceMetrics, Temporality } from './metric-types.js';
import {
  type OpenTelemetryOptions,
  type ResolvedOpenTelemetryOptions,
  resolveOptions,
} from './opentelemetry-options.js';

/**
 * Exports metrics through an exporter of OpenTelemetry, in parts: samples are sent when the exporter has confirmed their part,
 * and those of a part that failed are in the next export. Without an exporter it is a `MetricProducer`; then a sample is sent
 * when it is in the totals, because a reader does not say what arrived.
 *
 * @example
 * ```ts
 * import { metrics } from '@metrics/core';
 * import { OpenTelemetryBackend } from '@metrics/opentelemetry';
 * import { ConsoleMetricExporter } from '@opentelemetry/sdk-metrics';
 *
 * const exporter = new ConsoleMetricExporter(); // or new OTLPMetricExporter()
 * metrics.register(new OpenTelemetryBackend({ exporter, resource: { 'service.name': 'shop' } }));
 * metrics.incr('orders', { tags: { method: 'card' } });
 * await metrics.close();
 * ```
 */
export class OpenTelemetryBackend implements MetricsBackend {
  readonly #options: ResolvedOpenTelemetryOptions;
  readonly #labels = new Interner();
  readonly #reporter = new BackendReporter();
  readonly #accounting = new SampleAccounting(this.#reporter);
  readonly #reader: MetricReader;
  readonly #loop: ExportLoop | undefined;
  #closing: Promise<void> | undefined;

  /**
   * Creates the backend. It exports nothing before `register` starts it.
   *
   * @throws {TypeError | RangeError} if an option is invalid, naming it and showing its value.
   */
  constructor(options: OpenTelemetryOptions = {}) {
    this.#options = resolveOptions(options);
    const { totals, exporter, warnings } = this.#options;
    this.#reader = new MetricReader(
      {
        labels: this.#labels,
        accounting: this.#accounting,
        reporter: this.#reporter,
        maxReleased: totals.maxReleased,
        setWindow: totals.setWindow,
      },
      exporter === undefined,
    );
    for (const warning of warnings) this.#reporter.report('invalid_environment', warning);
    this.#loop =
      exporter && new ExportLoop({ ...this.#options, exporter, reader: this.#reader, reporter: this.#reporter });
  }

  get closed(): boolean {
    return this.#reader.totals.closed;
  }

  /**
   * Called once, at registration, before all other methods.
   *
   * @throws {Error} if the backend is closed.
   */
  start(host: BackendHost): void {
    if (this.closed) throw new Error('This backend is closed: create another one.');
    this.#reporter.start(host);
  }

  open(id: SeriesId, series: Series): void {
    if (this.closed) return;
    const { totals, rowsFor } = this.#options;
    const family = defineFamily(series, totals.kindOf(series), rowsFor);
    if (family === undefined) return this.#reader.totals.reject(id, 'empty_name');
    this.#reader.totals.open(
      id,
      family,
      attributesOf(series).map((text) => this.#labels.acquire(text)),
    );
  }

  release(id: SeriesId, ended: boolean): void {
    this.#reader.totals.release(id, ended);
  }

  incr(id: SeriesId, amount: number): void {
    this.#reader.count(this.#reader.totals.incr(id, amount));
  }

  gauge(id: SeriesId, value: number): void {
    this.#reader.count(this.#reader.totals.gauge(id, value));
  }

  timing(id: SeriesId, milliseconds: number): void {
    this.#reader.count(this.#reader.totals.value(id, milliseconds));
  }

  distribution(id: SeriesId, value: number): void {
    this.#reader.count(this.#reader.totals.value(id, value));
  }

  set(id: SeriesId, member: string): void {
    this.#reader.count(this.#reader.totals.set(id, member));
  }

  /**
   * Resolves with all totals, for a metric reader of the SDK: `metricProducers: [backend]`. Only without an exporter.
   *
   * @returns a `CollectionResult`. Its type is that of the SDK in use, whose enums no other type satisfies.
   */
  // oxlint-disable-next-line typescript/no-explicit-any -- see above
  async collect(): Promise<any> {
    const { resource, exporter } = this.#options;
    const resourceMetrics: ResourceMetrics = { resource, scopeMetrics: [] };
    if (exporter !== undefined)
      return {
        resourceMetrics,
        errors: [new Error('This OpenTelemetryBackend has an exporter: create one without, to collect it.')],
      };
    if (!this.closed) this.#reporter.collect();
    for (const part of this.#reader.parts(() => Temporality.CUMULATIVE, Number.POSITIVE_INFINITY)) {
      this.#reader.release(part);
      resourceMetrics.scopeMetrics.push({ scope: SCOPE, metrics: part.metrics });
    }
    return { resourceMetrics, errors: [] };
  }

  async flush(): Promise<void> {
    return this.#closing ?? this.#loop?.export();
  }

  /** Drops what no exporter has confirmed under `exit`: they are asynchronous. Close the backend before the process exits. */
  flushSync(): void {
    if (this.#loop === undefined) return;
    this.#loop.takeBack();
    this.#dropAll('exit', 'lost_at_exit', 'because the process exited: await close() before process.exit()');
  }

  close({ timeout }: { readonly timeout: number }): Promise<void> {
    this.#closing ??= this.#close(timeout);
    return this.#closing;
  }

  stats(): BackendStats {
    if (this.#loop === undefined) this.#reader.confirmAll();
    return this.#accounting.stats(this.#reader.buffered);
  }

  async #close(timeout: number): Promise<void> {
    this.#reporter.collect();
    this.#reader.totals.close();
    if (this.#loop === undefined) return;
    await this.#loop.close(timeout);
    this.#dropAll('timeout', 'lost_at_close', `within the ${timeout} ms of close(): raise its timeout`);
  }

  /** Reports all samples that are lost at the end as one problem. */
  #dropAll(reason: string, code: string, why: string): void {
    const count = this.#reader.buffered;
    if (count === 0) return;
    this.#reader.dropAll(reason);
    const { lastError } = this.#reporter;
    const error = lastError === undefined ? '' : ` The last error: ${lastError}.`;
    this.#reporter.report(code, `${count} samples were not exported ${why}.${error}`, { count });
  }
}
