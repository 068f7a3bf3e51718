import { BackendReporter, SampleAccounting, SampleBuffer, SlotTable } from '@metrics/aggregation';
import type { BackendHost, BackendStats, MetricsBackend, MetricsEvent, Series, SeriesId } from '@metrics/core';
import { Interner } from '@metrics/core/backend';
import { BucketWindow } from './bucket/bucket-scheduler.js';
import { BucketWriter } from './bucket/bucket-writer.js';
import { type CheckedDatadogOptions, checkedOptions, type DatadogOptions } from './datadog-options.js';
import { Delivery, type DeliveryStats } from './delivery/delivery.js';
import { DeliveryReports } from './delivery/delivery-problems.js';
import { IntakeClient } from './delivery/intake-client.js';
import { Redactor } from './delivery/redactor.js';
import { eventJson } from './payload/event-json.js';
import { metricName } from './payload/metric-name.js';
import { PayloadCollector } from './payload/payload-collector.js';
import { processTag } from './payload/process-tag.js';
import { tagText } from './payload/tag-text.js';

export interface DatadogStats extends BackendStats, DeliveryStats {
  /** The last error of a request, without secrets. */
  readonly lastError: string | undefined;
}

/**
 * Datadog over HTTPS, without an agent: columns, metrics as datadog-metrics models them, payloads, delivery.
 *
 * Counters are exact whatever their sampling rate, and all timings and values of distributions are sent, as the intake has
 * no field for a rate. What it cannot carry: units, service checks, times of a sample's own, and members of sets, of which
 * the number is sent as a gauge. Names and tags are written as Datadog keeps them: tags in lower case.
 */
export class DatadogMetricsBackend implements MetricsBackend {
  readonly #options: CheckedDatadogOptions;
  readonly #problems: BackendReporter;
  readonly #texts = new Interner();
  readonly #ledger = new SampleAccounting();
  readonly #columns: SampleBuffer;
  readonly #client: IntakeClient;
  readonly #delivery: Delivery;
  readonly #window: BucketWindow;
  readonly #processTagIsMissing: boolean;

  /** @throws {TypeError} or {@link RangeError} on a bad option, naming it and showing its value, unless that is the key. */
  constructor(options: DatadogOptions = {}) {
    const checked = checkedOptions(options);
    const { apiKey, url, ca, clock, random } = checked;
    const ledger = this.#ledger;
    const siblingTag = processTag();
    const redactor = new Redactor(apiKey);
    const slots = new SlotTable((text) => this.#texts.release(text));
    const problems = new BackendReporter();
    this.#options = checked;
    this.#problems = problems;
    this.#processTagIsMissing = siblingTag !== undefined && !checked.processTag;
    this.#columns = new SampleBuffer({ slots, accounting: ledger, maxSetMembers: Number.POSITIVE_INFINITY });
    this.#client = new IntakeClient({ url, apiKey, ca, timeout: checked.requestTimeout, clock, redactor });
    const maxBytes = checked.maxQueueBytes;
    const reports = new DeliveryReports(problems, url);
    this.#delivery = new Delivery({ client: this.#client, ledger, reports, redactor, clock, random, maxBytes });
    this.#window = new BucketWindow({
      slots,
      columns: this.#columns,
      ledger,
      delivery: this.#delivery,
      clock,
      bucketSeconds: checked.bucketSeconds,
      collect: () => problems.collect(),
      onLoss: (reason, samples) => this.#reportLoss(reason, samples),
      writer: new BucketWriter({
        slots,
        texts: this.#texts,
        ledger,
        host: checked.host,
        processTag: checked.processTag ? siblingTag : undefined,
        seriesVersion: checked.seriesVersion,
        random,
        payloads: new PayloadCollector({ ledger, deliver: (payload) => this.#delivery.enqueue(payload) }),
      }),
    });
  }

  start(host: BackendHost): void {
    this.#problems.start(host);
    this.#client.prepare();
    if (!this.#processTagIsMissing) return;
    const message =
      'Processes of one host overwrite the counters and gauges of each other, and processTag is false. Leave it out, or give each an instance.';
    this.#problems.reportOnce('process_tag_missing', message);
  }

  open(id: SeriesId, series: Series): void {
    if (this.#columns.closed) return;
    if (series.name === '') return this.#columns.rejectSeries(id, 'empty_name');
    const { kind } = series;
    const isHistogram = kind === 'timing' && this.#options.timings === 'histogram';
    const texts = [metricName(series.name), ...this.#tags(series.tags, series.instance)];
    const fragments = texts.map((text) => this.#texts.acquire(text));
    this.#columns.open(id, isHistogram ? 'histogram' : kind, fragments);
  }

  release(id: SeriesId): void {
    this.#columns.release(id);
  }

  incr(id: SeriesId, amount: number): void {
    this.#columns.incr(id, amount, 1);
  }

  gauge(id: SeriesId, value: number): void {
    this.#columns.gauge(id, value);
  }

  timing(id: SeriesId, milliseconds: number): void {
    this.#columns.value(id, milliseconds, 1);
  }

  distribution(id: SeriesId, value: number): void {
    this.#columns.value(id, value, 1);
  }

  set(id: SeriesId, member: string): void {
    this.#columns.set(id, member);
  }

  event(event: MetricsEvent): void {
    const { host, clock } = this.#options;
    const tags = this.#tags(event.tags ?? {}, event.instance);
    this.#window.event(eventJson(event, { host, tags, now: clock.now() }));
  }

  flush(): Promise<void> {
    return this.#window.flush();
  }

  /** HTTPS cannot be sent without waiting: what is left is dropped under `exit`. Close the backend before the exit. */
  flushSync(): void {
    this.#window.exit();
  }

  async close(options: { readonly timeout: number }): Promise<void> {
    await this.#window.close(options);
    this.#client.close();
  }

  stats(): DatadogStats {
    const samples = this.#ledger.stats(this.#columns.buffered);
    return { ...samples, ...this.#delivery.stats, lastError: this.#problems.lastError };
  }

  /** As Datadog keeps them, sorted and none twice; those of a series win over the constant ones. */
  #tags(tags: Readonly<Record<string, string>>, instance: string | undefined): string[] {
    const all = { ...this.#options.tags, ...tags, ...(instance !== undefined && { instance }) };
    return [...new Set(Object.entries(all).map(([key, value]) => tagText(key, value)))].sort();
  }

  #reportLoss(reason: 'timeout' | 'exit', count: number): void {
    const message =
      reason === 'exit'
        ? 'Metrics were left when the process exited, and HTTPS cannot be sent any more. Await close() before process.exit().'
        : 'Metrics were left when close() had to end. Give it a longer timeout, or check the intake.';
    this.#problems.report(reason === 'exit' ? 'lost_at_exit' : 'lost_at_close', message, { count });
  }
}
