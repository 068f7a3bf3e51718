import { BackendReporter, SampleAccounting, SampleBuffer, SlotTable } from '@metrics/aggregation';
import type {
  BackendHost,
  BackendStats,
  MetricsBackend,
  MetricsEvent,
  Series,
  SeriesId,
  TagPairs,
} from '@metrics/core';
import { describeValue, Interner } from '@metrics/core/backend';
import { BucketScheduler } from './bucket/bucket-scheduler.js';
import { BucketWriter } from './bucket/bucket-writer.js';
import { pointSource } from './bucket/point-source.js';
import { type DatadogOptions, type ResolvedDatadogOptions, resolveOptions } from './datadog-options.js';
import { Delivery, type DeliveryStats } from './delivery/delivery.js';
import { DeliveryProblems } from './delivery/delivery-problems.js';
import { IntakeClient } from './delivery/intake-client.js';
import { Redactor } from './delivery/redactor.js';
import { eventJson, invalidEventField } from './payload/event-json.js';
import { metricName } from './payload/metric-name.js';
import { PayloadCollector } from './payload/payload-collector.js';
import { hasSiblings } from './payload/process-tag.js';
import { tagText } from './payload/tag-text.js';

/** Counts and state of a {@link DatadogMetricsBackend}. */
export interface DatadogStats extends BackendStats, DeliveryStats {
  /** The message of the last failed request, without secrets. */
  readonly lastError: string | undefined;
}

/**
 * Sends metrics to Datadog over HTTPS, without an agent: a buffer merges samples into buckets, datadog-metrics computes the
 * series, and a delivery with queue and retries posts them.
 *
 * Counters are exact whatever their sampling rate, and every timing and value of a distribution is sent, because the intake
 * has no field for a rate. Not supported: units, service checks and timestamps of samples. Members of sets are counted, and
 * their number is sent as a gauge. Names and tags are written as Datadog stores them: tags in lower case.
 *
 * @example
 * ```ts
 * import { metrics } from '@metrics/core';
 * import { DatadogMetricsBackend } from '@metrics/datadog';
 * import { RecordingIntake } from '@metrics/testing/servers';
 *
 * const intake = await RecordingIntake.start(); // in place of the site of Datadog
 * metrics.register(
 *   new DatadogMetricsBackend({
 *     apiKey: 'b9f1e3a75c2d4860b9f1e3a75c2d4860', // or DD_API_KEY of the environment
 *     tags: { service: 'shop' },
 *     baseUrl: intake.url,
 *     ca: intake.ca,
 *   }),
 * );
 * metrics.incr('orders', { tags: { method: 'card' } });
 * await metrics.close({ timeout: 5000 });
 * await intake.stop();
 * ```
 */
export class DatadogMetricsBackend implements MetricsBackend {
  readonly #options: ResolvedDatadogOptions;
  readonly #reporter = new BackendReporter();
  readonly #accounting = new SampleAccounting(this.#reporter);
  /** Names and tags. */
  readonly #fragments = new Interner();
  readonly #buffer: SampleBuffer;
  readonly #client: IntakeClient;
  readonly #delivery: Delivery;
  readonly #scheduler: BucketScheduler;
  /** True if this process has siblings on its host whose points it can overwrite. */
  readonly #lacksProcessTag: boolean;

  /**
   * Creates the backend. It sends nothing before `register` starts it.
   *
   * @throws {TypeError | RangeError} if an option is invalid. The message never shows an API key.
   */
  constructor(options: DatadogOptions = {}) {
    const resolved = resolveOptions(options);
    const { apiKey, url, ca, clock, random, bucketSeconds, host, seriesVersion } = resolved;
    const source = pointSource({ ...resolved, isSystemClock: options.clock === undefined });
    const reporter = this.#reporter;
    const fragments = this.#fragments;
    const accounting = this.#accounting;
    const redactor = new Redactor(apiKey);
    const problems = new DeliveryProblems(reporter, url);
    const client = new IntakeClient({
      url,
      apiKey,
      ca,
      proxy: resolved.proxy,
      timeout: resolved.requestTimeout,
      clock,
      redactor,
    });
    const maxBytes = resolved.maxQueueBytes;
    const delivery = new Delivery({ client, accounting, problems, redactor, clock, random, maxBytes });
    const slots = new SlotTable((fragment) => fragments.release(fragment));
    const buffer = new SampleBuffer({ slots, accounting, maxSetMembers: Number.POSITIVE_INFINITY });
    const outlet = new PayloadCollector({ accounting, receiver: delivery });
    const writer = new BucketWriter({
      slots,
      fragments,
      accounting,
      host,
      processTag: source.processTag,
      seriesVersion,
      random,
      payloads: outlet,
    });
    this.#options = resolved;
    this.#lacksProcessTag = !resolved.processTag && hasSiblings();
    this.#buffer = buffer;
    this.#client = client;
    this.#delivery = delivery;
    this.#scheduler = new BucketScheduler({
      slots,
      buffer,
      accounting,
      writer,
      outlet,
      delivery,
      clock,
      bucketSeconds,
      usedSeconds: source.seconds,
      collect: () => reporter.collect(),
      onDrop: (end, samples) => this.#reportDrop(end, samples),
    });
  }

  get closed(): boolean {
    return this.#buffer.closed;
  }

  start(host: BackendHost): void {
    this.#reporter.start(host);
    this.#client.prepare();
    const { invalidVariable } = this.#options;
    if (invalidVariable !== undefined) {
      const message = `The environment variable ${invalidVariable} is ignored, because it is not the address of an HTTP proxy. Use http://host:port.`;
      this.#reporter.reportOnce('proxy_invalid', message);
    }
    if (!this.#lacksProcessTag) return;
    const message =
      'processTag is false in one of several processes of a host, so their counters and gauges overwrite each other. Remove the option, or set an instance in each process.';
    this.#reporter.reportOnce('process_tag_missing', message);
  }

  open(id: SeriesId, series: Series): void {
    if (this.#buffer.closed) return;
    if (series.name === '') return this.#buffer.rejectSeries(id, 'empty_name');
    const { kind } = series;
    const isHistogram = kind === 'timing' && this.#options.timings === 'histogram';
    const strings = [metricName(series.name, isHistogram), ...this.#tags(series.tags, series.instance)];
    const fragments = strings.map((text) => this.#fragments.acquire(text));
    this.#buffer.open(id, isHistogram ? 'histogram' : kind, fragments);
  }

  release(id: SeriesId): void {
    this.#buffer.release(id);
  }

  incr(id: SeriesId, amount: number): void {
    this.#buffer.incr(id, amount, 1);
  }

  gauge(id: SeriesId, value: number): void {
    this.#buffer.gauge(id, value);
  }

  timing(id: SeriesId, milliseconds: number): void {
    this.#buffer.value(id, milliseconds, 1);
  }

  distribution(id: SeriesId, value: number): void {
    this.#buffer.value(id, value, 1);
  }

  set(id: SeriesId, member: string): void {
    this.#buffer.set(id, member);
  }

  event(event: MetricsEvent): void {
    const { host, clock } = this.#options;
    const field = invalidEventField(event);
    if (field !== undefined) {
      this.#accounting.drop(1, 'invalid_value');
      const message = `The ${field} of an event is invalid: ${describeValue(event[field])}. Use the values of MetricsEvent.`;
      return this.#reporter.report('invalid_value', message);
    }
    const tags = this.#tags(event.tags ?? [], event.instance);
    this.#scheduler.addEvent(eventJson(event, { host, tags, now: clock.now() }));
  }

  flush(): Promise<void> {
    return this.#scheduler.flush();
  }

  /** Drops everything under `exit`, because HTTPS cannot send synchronously. Close the backend before the process exits. */
  flushSync(): void {
    this.#scheduler.dropAtExit();
  }

  async close(options: { readonly timeout: number }): Promise<void> {
    await this.#scheduler.close(options);
    this.#client.close();
  }

  stats(): DatadogStats {
    const samples = this.#accounting.stats(this.#buffer.buffered);
    return { ...samples, ...this.#delivery.stats, lastError: this.#reporter.lastError };
  }

  /** Returns all tags as Datadog stores them, sorted and distinct. Tags of a series override the constant ones. */
  #tags(tags: TagPairs, instance: string | undefined): string[] {
    const all = new Map([...this.#options.tags, ...tags]);
    if (instance !== undefined) all.set('instance', instance);
    return [...new Set(Array.from(all, ([key, value]) => tagText(key, value)))].sort();
  }

  #reportDrop(end: 'close' | 'exit', count: number): void {
    const message =
      end === 'exit'
        ? 'Samples were dropped because the process exited, and HTTPS cannot send synchronously. Await close() before process.exit().'
        : 'Samples were dropped during close(): at its deadline, or because the intake refused them. Give it a longer timeout, or check the intake.';
    this.#reporter.report(end === 'exit' ? 'lost_at_exit' : 'lost_at_close', message, { count });
  }
}
