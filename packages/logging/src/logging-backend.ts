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
import { escaped, quoted } from './format/escape.js';
import { signed } from './format/format-signed.js';
import { loggedEvent } from './logged-event.js';
import { type LoggedSeries, loggedSeries } from './logged-series.js';
import { loggedServiceCheck } from './logged-service-check.js';
import { checkedOptions, type LoggingOptions } from './logging-options.js';
import { recognisedSink } from './sink/create-sink.js';
import type { LogEntry, LogSink } from './sink/log-sink.js';
import { SummaryWindow } from './summary/summary-aggregator.js';

/** Milliseconds between two readings of the observed gauges, where no window ends. */
const OBSERVE_INTERVAL = 10_000;
/** Milliseconds that a flush waits for a logger that does not write. */
const FLUSH_PATIENCE = 1000;

/**
 * Every operation as a line of the logger `metrics`: name and value in the message, instance and tags as fields.
 *
 * A line is handed to the logger in the very call, or, with {@link LoggingOptions.summary}, at the end of the window.
 * Sampling rates are shown and nothing is left out. The logger belongs to the application: `close` does not end it.
 */
export class LoggingBackend implements MetricsBackend {
  readonly #ledger = new SampleAccounting();
  readonly #problems = new BackendReporter();
  readonly #sink: LogSink;
  readonly #series = new Map<SeriesId, LoggedSeries>();
  readonly #summary: SummaryWindow | undefined;
  #observing: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;

  /** @throws {TypeError} or {@link RangeError} on a bad option, naming it and showing its value. */
  constructor(options: LoggingOptions = {}) {
    const checked = checkedOptions(options);
    const { interval } = checked;
    this.#sink = recognisedSink(checked, { ledger: this.#ledger, problems: this.#problems });
    if (interval === undefined) return;
    this.#summary = new SummaryWindow({
      interval,
      sink: this.#sink,
      ledger: this.#ledger,
      collect: () => this.#problems.collect(),
    });
  }

  start(host: BackendHost): void {
    this.#problems.start(host);
    if (this.#summary === undefined) this.#observing = setInterval(() => host.collect(), OBSERVE_INTERVAL).unref();
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
    const series = this.#toLog(id);
    if (series !== undefined) this.#log(series, signed(amount), amount, sampleRate);
  }

  gauge(id: SeriesId, value: number): void {
    if (this.#summary !== undefined) return this.#summary.value(id, value);
    const series = this.#toLog(id);
    if (series !== undefined) this.#log(series, signed(value), value);
  }

  timing(id: SeriesId, milliseconds: number, sampleRate: number): void {
    if (this.#summary !== undefined) return this.#summary.value(id, milliseconds);
    const series = this.#toLog(id);
    if (series !== undefined) this.#log(series, `${milliseconds}`, milliseconds, sampleRate);
  }

  distribution(id: SeriesId, value: number, sampleRate: number): void {
    if (this.#summary !== undefined) return this.#summary.value(id, value);
    const series = this.#toLog(id);
    if (series !== undefined) this.#log(series, signed(value), value, sampleRate);
  }

  set(id: SeriesId, member: string): void {
    if (this.#summary !== undefined) return this.#summary.set(id, member);
    const series = this.#toLog(id);
    if (series === undefined) return;
    const { head, metric, kind, unit, instance, tags } = series;
    const { level } = this.#sink;
    const message = head + quoted(member);
    // Not `value`: stores of logs want a field to be always a number or always a text.
    this.#write({ level, message, metric, kind, member: escaped(member), unit, instance, tags });
  }

  /** A line of its own also among summaries: its time is not that of the window. */
  recordAt(id: SeriesId, value: number, epochSeconds: number): void {
    const series = this.#toLog(id);
    if (series === undefined) return;
    const { head, metric, kind, unit, instance, tags } = series;
    const { level } = this.#sink;
    const message = `${head}${signed(value)} at ${isoTime(epochSeconds)}`;
    this.#write({ level, message, metric, kind, value, unit, instance, tags, epochSeconds });
  }

  event(event: MetricsEvent): void {
    if (this.#admits()) this.#write(loggedEvent(event, this.#sink.level));
  }

  serviceCheck(check: ServiceCheck): void {
    if (this.#admits()) this.#write(loggedServiceCheck(check, this.#sink.level));
  }

  /** Resolves when the logger has written, or after a second in which it has not. */
  async flush(): Promise<void> {
    await this.#summary?.flush();
    await this.#sink.settled(FLUSH_PATIENCE);
  }

  flushSync(): void {
    this.#summary?.flushSync();
  }

  close(options: { readonly timeout: number }): Promise<void> {
    this.#closing ??= this.#close(options.timeout);
    return this.#closing;
  }

  stats(): BackendStats {
    this.#sink.settle();
    return this.#ledger.stats(this.#summary?.held ?? 0);
  }

  async #close(timeout: number): Promise<void> {
    const ends = performance.now() + timeout;
    clearInterval(this.#observing);
    await this.#summary?.close({ timeout });
    await this.#sink.settled(Math.max(0, ends - performance.now()));
    this.#sink.close();
    this.#series.clear();
  }

  /** The series of an id, where there is one and it can be logged. Nothing is built before. */
  #toLog(id: SeriesId): LoggedSeries | undefined {
    if (!this.#admits()) return undefined;
    const series = this.#summary === undefined ? this.#series.get(id) : this.#summary.seriesOf(id);
    if (series === undefined) this.#ledger.drop(1, 'unknown_series');
    return series;
  }

  #admits(): boolean {
    const obstacle = this.#closing === undefined ? this.#sink.obstacle() : 'closed';
    if (obstacle === undefined) return true;
    this.#ledger.drop(1, obstacle);
    return false;
  }

  #log(series: LoggedSeries, words: string, value: number, sampleRate?: number): void {
    const { head, tail, metric, kind, unit, instance, tags } = series;
    const { level } = this.#sink;
    this.#write({ level, message: head + words + tail, metric, kind, value, unit, instance, tags, sampleRate });
  }

  #write(entry: LogEntry): void {
    this.#ledger.handOver(1);
    this.#sink.write(entry, 1);
  }
}

function isoTime(epochSeconds: number): string {
  const time = new Date(epochSeconds * 1000);
  return Number.isNaN(time.getTime()) ? `${epochSeconds}` : time.toISOString();
}
