import { BackendReporter, SampleAccounting } from '@metrics/aggregation';
import type {
  BackendHost,
  BackendStats,
  MetricsBackend,
  MetricsEvent,
  Series,
  SeriesId,
  ServiceCheck,
} from '@metrics/core';
import { escape, quote } from './format/escape.js';
import { formatSigned } from './format/format-signed.js';
import { loggedEvent } from './logged-event.js';
import { type LoggedSeries, loggedSeries } from './logged-series.js';
import { loggedServiceCheck } from './logged-service-check.js';
import { type LoggingOptions, resolveOptions } from './logging-options.js';
import { createSink } from './sink/create-sink.js';
import type { LogEntry, LogSink } from './sink/log-sink.js';
import { SummaryAggregator } from './summary/summary-aggregator.js';

/** Milliseconds between two readings of the observed gauges, if there are no windows. */
const COLLECT_INTERVAL = 10_000;
/** Milliseconds that a flush waits for the logger. */
const FLUSH_TIMEOUT = 1000;

/**
 * Writes every operation as a line of the logger `metrics`: name and value in the message, instance and tags as fields.
 *
 * A line goes to the logger in the same call or, with {@link LoggingOptions.summary}, at the end of the window. Sampling rates
 * are shown, and no sample is skipped. The logger belongs to the application: `close` does not end it.
 *
 * @example
 * ```ts
 * import { metrics } from '@metrics/core';
 * import { LoggingBackend } from '@metrics/logging';
 *
 * metrics.register(new LoggingBackend({ logger: console, level: 'info' }));
 * metrics.incr('orders', { tags: { method: 'card' } });
 * await metrics.close();
 * ```
 */
export class LoggingBackend implements MetricsBackend {
  readonly #reporter = new BackendReporter();
  readonly #accounting = new SampleAccounting(this.#reporter);
  readonly #sink: LogSink;
  /** The open series, if there are no summaries. */
  readonly #series = new Map<SeriesId, LoggedSeries>();
  readonly #summary: SummaryAggregator | undefined;
  #collectTimer: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;

  /**
   * Creates the backend. A logger that it finds by name is looked up when a line is logged.
   *
   * @throws {TypeError | RangeError} that names the invalid option and shows its value.
   */
  constructor(options: LoggingOptions = {}) {
    const { logger, level, loggerName, summaryInterval } = resolveOptions(options);
    const accounting = this.#accounting;
    const reporter = this.#reporter;
    this.#sink = createSink({ logger, level, loggerName, accounting, reporter });
    if (summaryInterval === undefined) return;
    this.#summary = new SummaryAggregator({
      interval: summaryInterval,
      sink: this.#sink,
      accounting,
      collect: () => reporter.collect(),
    });
  }

  get closed(): boolean {
    return this.#closing !== undefined;
  }

  start(host: BackendHost): void {
    this.#reporter.start(host);
    if (this.#summary === undefined) this.#collectTimer = setInterval(() => host.collect(), COLLECT_INTERVAL).unref();
  }

  open(id: SeriesId, series: Series): void {
    if (this.#summary !== undefined) this.#summary.open(id, series);
    else if (this.#closing === undefined) this.#series.set(id, loggedSeries(series));
  }

  release(id: SeriesId): void {
    this.#summary?.release(id);
    this.#series.delete(id);
  }

  incr(id: SeriesId, amount: number, sampleRate: number): void {
    if (this.#summary !== undefined) return this.#summary.incr(id, amount);
    const series = this.#loggableSeries(id);
    if (series !== undefined) this.#log(series, formatSigned(amount), amount, sampleRate);
  }

  gauge(id: SeriesId, value: number): void {
    if (this.#summary !== undefined) return this.#summary.value(id, value);
    const series = this.#loggableSeries(id);
    if (series !== undefined) this.#log(series, formatSigned(value), value);
  }

  timing(id: SeriesId, milliseconds: number, sampleRate: number): void {
    if (this.#summary !== undefined) return this.#summary.value(id, milliseconds);
    const series = this.#loggableSeries(id);
    if (series !== undefined) this.#log(series, `${milliseconds}`, milliseconds, sampleRate);
  }

  distribution(id: SeriesId, value: number, sampleRate: number): void {
    if (this.#summary !== undefined) return this.#summary.value(id, value);
    const series = this.#loggableSeries(id);
    if (series !== undefined) this.#log(series, formatSigned(value), value, sampleRate);
  }

  set(id: SeriesId, member: string): void {
    if (this.#summary !== undefined) return this.#summary.set(id, member);
    const series = this.#loggableSeries(id);
    if (series === undefined) return;
    const { messagePrefix, metric, kind, unit, instance, tags } = series;
    const { level } = this.#sink;
    const message = messagePrefix + quote(member);
    // The field is not `value`, because log stores expect a field to be always a number or always a string.
    this.#write({ level, message, metric, kind, member: escape(member), unit, instance, tags });
  }

  /** Writes a line immediately, also with summaries, because its time is not that of the window. */
  recordAt(id: SeriesId, value: number, epochSeconds: number): void {
    const series = this.#loggableSeries(id);
    if (series === undefined) return;
    const { messagePrefix, metric, kind, unit, instance, tags } = series;
    const { level } = this.#sink;
    const message = `${messagePrefix}${formatSigned(value)} at ${formatTime(epochSeconds)}`;
    this.#write({ level, message, metric, kind, value, unit, instance, tags, epochSeconds });
  }

  event(event: MetricsEvent): void {
    if (this.#canLog()) this.#write(loggedEvent(event, this.#sink.level));
  }

  serviceCheck(check: ServiceCheck): void {
    if (this.#canLog()) this.#write(loggedServiceCheck(check, this.#sink.level));
  }

  /** Resolves when the logger has written everything, or after a second. Never rejects. */
  async flush(): Promise<void> {
    await this.#summary?.flush();
    await this.#sink.settled(FLUSH_TIMEOUT);
  }

  flushSync(): void {
    this.#summary?.flushSync();
  }

  close(options: { readonly timeout: number }): Promise<void> {
    this.#closing ??= this.#close(options.timeout);
    return this.#closing;
  }

  stats(): BackendStats {
    this.#sink.confirmWritten?.();
    return this.#accounting.stats(this.#summary?.buffered ?? 0);
  }

  async #close(timeout: number): Promise<void> {
    const deadline = performance.now() + timeout;
    clearInterval(this.#collectTimer);
    await this.#summary?.close({ timeout });
    await this.#sink.settled(Math.max(0, deadline - performance.now()));
    this.#sink.close?.();
    this.#series.clear();
  }

  /** Returns the series of an id. Drops the sample and returns undefined if there is none, or if it cannot be logged now. */
  #loggableSeries(id: SeriesId): LoggedSeries | undefined {
    if (!this.#canLog()) return undefined;
    const series = this.#summary === undefined ? this.#series.get(id) : this.#summary.seriesOf(id);
    if (series === undefined) this.#accounting.drop(1, 'unknown_series');
    return series;
  }

  /** Returns true if a line can be written now. Drops one sample otherwise. */
  #canLog(): boolean {
    const reason = this.#closing === undefined ? this.#sink.unavailableReason() : 'closed';
    if (reason === undefined) return true;
    this.#accounting.drop(1, reason);
    return false;
  }

  #log(series: LoggedSeries, valueText: string, value: number, sampleRate?: number): void {
    const { messagePrefix, unitSuffix, metric, kind, unit, instance, tags } = series;
    const { level } = this.#sink;
    const message = messagePrefix + valueText + unitSuffix;
    this.#write({ level, message, metric, kind, value, unit, instance, tags, sampleRate });
  }

  #write(entry: LogEntry): void {
    this.#accounting.handOver(1);
    this.#sink.write(entry, 1);
  }
}

/** Returns the ISO form of a time, or the number if it is out of the range of dates. */
function formatTime(epochSeconds: number): string {
  const time = new Date(epochSeconds * 1000);
  return Number.isNaN(time.getTime()) ? `${epochSeconds}` : time.toISOString();
}
