// The backend: the StatsD pipeline, plus events, service checks, timestamps and telemetry. The example of its class makes it longer than other files.
import { BackendReporter } from '@metrics/aggregation';
import type { BackendHost, MetricsBackend, MetricsEvent, Series, SeriesId, ServiceCheck } from '@metrics/core';
import { describeValue, environment } from '@metrics/core/backend';
import { type PacketTransport, type PipelineStats, type SampleRecorder, StatsdPipeline } from '@metrics/statsd/wire';
import manifest from '../package.json' with { type: 'json' };
import { ConstantTags } from './line/constant-tags.js';
import { createTagEncoder } from './line/dogstatsd-tags.js';
import type { LineContext } from './line/event-fields.js';
import { invalidEventField, renderEventLine } from './line/event-line.js';
import { invalidServiceCheckField, renderServiceCheckLine } from './line/service-check-line.js';
import { detectContainerId } from './settings/container-id.js';
import type { Dialect } from './settings/dialect.js';
import type { DogStatsdOptions } from './settings/dogstatsd-options.js';
import type { Origin } from './settings/origin.js';
import { type ResolvedOptions, resolveOptions } from './settings/resolved-options.js';
import { slotKindOf, type WireTypes } from './settings/wire-types.js';
import { ClientTelemetry } from './telemetry/client-telemetry.js';
import { computeTelemetryCounts, type SubmittedCounts, type TelemetryCounts } from './telemetry/telemetry-counts.js';
import { createTransport, type TransportKind } from './transport/create-transport.js';

/** Counts and state of a {@link DogStatsdMetricsBackend}. */
export interface DogStatsdStats extends PipelineStats {
  /** The protocol that carries packets at the moment. A socket path without a scheme may change it. */
  readonly transport: TransportKind;
  /** The source of the address: `options`, `default`, or the names of variables. */
  readonly addressFrom: string;
  /** The server that the lines are written for. */
  readonly dialect: Dialect;
  /** The identity of the sender that is sent. */
  readonly origin: Origin;
  /** The counts about this client. They are kept whether or not they are sent. */
  readonly telemetry: {
    /** True if the counts are sent. */
    readonly enabled: boolean;
    /** Running totals by name since the start. */
    readonly counts: TelemetryCounts;
  };
}

const TELEMETRY_TRANSPORTS = { udp: 'udp', unixgram: 'uds', unixstream: 'uds-stream' } as const;

/**
 * DogStatsD to a Datadog Agent, or to another server that reads it, over UDP or a Unix socket.
 *
 * The protocol cannot carry units.
 *
 * @example
 * ```ts
 * import { metrics } from '@metrics/core';
 * import { DogStatsdMetricsBackend } from '@metrics/dogstatsd';
 *
 * // Without options the address is that of the environment (DD_AGENT_HOST, DD_DOGSTATSD_URL, …) or 127.0.0.1:8125.
 * metrics.register(new DogStatsdMetricsBackend({ tags: { team: 'shop' } }));
 * metrics.incr('orders', { tags: { method: 'card' } });
 * await metrics.close();
 * ```
 */
export class DogStatsdMetricsBackend implements MetricsBackend {
  /** Undefined if the dialect has no timestamps. */
  readonly recordAt?: (id: SeriesId, value: number, epochSeconds: number) => void;
  /** Undefined if the dialect has no events. */
  readonly event?: (event: MetricsEvent) => void;
  /** Undefined if the dialect has no service checks. */
  readonly serviceCheck?: (check: ServiceCheck) => void;

  readonly #options: ResolvedOptions;
  readonly #wireTypes: WireTypes;
  readonly #reporter = new BackendReporter();
  readonly #constantTags: ConstantTags;
  readonly #transport: PacketTransport;
  readonly #transportKind: () => TransportKind;
  readonly #pipeline: StatsdPipeline;
  readonly #recorder: SampleRecorder;
  readonly #telemetry: ClientTelemetry | undefined;
  readonly #submitted: SubmittedCounts = {
    counter: 0,
    gauge: 0,
    timing: 0,
    distribution: 0,
    set: 0,
    events: 0,
    serviceChecks: 0,
  };

  /**
   * Creates the backend and its transport.
   *
   * @throws {TypeError | RangeError} on an invalid option, naming it and showing its value. An invalid variable of
   *   the environment is ignored and reported.
   * @throws {Error} if only datagrams to a Unix socket are possible and the package `unix-dgram` is missing.
   */
  constructor(options: DogStatsdOptions = {}) {
    const resolved = resolveOptions(options, environment, detectContainerId);
    const { capabilities, tags } = resolved;
    const { wireTypes, aggregation, flushInterval, maxSamplesPerSeries, overflow, maxPacketBytes } = options;
    this.#options = resolved;
    this.#wireTypes = { ...wireTypes };
    this.#constantTags = new ConstantTags(tags, capabilities);
    const { transport, kind } = createTransport(resolved, maxPacketBytes, this.#reporter);
    this.#transport = transport;
    this.#transportKind = kind;
    this.#pipeline = new StatsdPipeline({
      transport,
      tagEncoder: createTagEncoder(this.#constantTags, capabilities.reservedNameStart, (series, key) =>
        this.#reportConflict(series, key),
      ),
      dialect: capabilities,
      reporter: this.#reporter,
      maxPacketBytes,
      flushInterval,
      aggregation,
      maxSamplesPerSeries,
      overflow,
    });
    this.#recorder = this.#pipeline.recorder;
    this.#telemetry = capabilities.telemetry ? this.#startTelemetry() : undefined;
    if (capabilities.timestamps) this.recordAt = (...sample) => this.#recordAt(...sample);
    if (capabilities.events) this.event = (event) => this.#event(event);
    if (capabilities.serviceChecks) this.serviceCheck = (check) => this.#serviceCheck(check);
  }

  get closed(): boolean {
    return this.#pipeline.closed;
  }

  start(host: BackendHost): void {
    this.#reporter.start(host);
    for (const warning of this.#options.warnings) this.#reporter.report('invalid_environment', warning);
  }

  open(id: SeriesId, series: Series): void {
    const { sets, distribution } = this.#options.capabilities;
    if (series.kind === 'set' && !sets) this.#rejectSet(id, series);
    else this.#pipeline.open(id, series, slotKindOf(series, this.#wireTypes, distribution));
  }

  release(id: SeriesId): void {
    this.#pipeline.release(id);
  }

  incr(id: SeriesId, amount: number, sampleRate: number): void {
    this.#submitted.counter += 1;
    if (amount < 0 && !this.#options.capabilities.negativeCounters) this.#pipeline.drop('negative_counter');
    else this.#recorder.incr(id, amount, sampleRate);
  }

  gauge(id: SeriesId, value: number): void {
    this.#submitted.gauge += 1;
    this.#recorder.gauge(id, value);
  }

  timing(id: SeriesId, milliseconds: number, sampleRate: number): void {
    this.#submitted.timing += 1;
    this.#recorder.value(id, milliseconds, sampleRate);
  }

  distribution(id: SeriesId, value: number, sampleRate: number): void {
    this.#submitted.distribution += 1;
    this.#recorder.value(id, value, sampleRate);
  }

  set(id: SeriesId, member: string): void {
    this.#submitted.set += 1;
    this.#recorder.set(id, member);
  }

  flush(): Promise<void> {
    return this.#pipeline.flush();
  }

  flushSync(): void {
    this.#pipeline.flushSync();
  }

  close(options: { readonly timeout: number }): Promise<void> {
    this.#telemetry?.close();
    return this.#pipeline.close(options);
  }

  stats(): DogStatsdStats {
    const { dialect, addressFrom, origin } = this.#options;
    const stats = this.#pipeline.stats();
    return {
      ...stats,
      transport: this.#transportKind(),
      addressFrom,
      dialect,
      origin: { ...origin },
      telemetry: { enabled: this.#telemetry !== undefined, counts: this.#telemetryCounts(stats) },
    };
  }

  #recordAt(id: SeriesId, value: number, epochSeconds: number): void {
    const kind = this.#pipeline.recordAt(id, value, epochSeconds);
    if (kind !== undefined) this.#submitted[kind] += 1;
  }

  #event(event: MetricsEvent): void {
    this.#submitted.events += 1;
    const field = invalidEventField(event);
    if (field === undefined) this.#pipeline.queueLine(renderEventLine(event, this.#lineContext()));
    else this.#dropInvalid(event.title, field, event[field]);
  }

  #serviceCheck(check: ServiceCheck): void {
    this.#submitted.serviceChecks += 1;
    const field = invalidServiceCheckField(check);
    if (field === undefined) this.#pipeline.queueLine(renderServiceCheckLine(check, this.#lineContext()));
    else this.#dropInvalid(check.name, field, check[field]);
  }

  #dropInvalid(metric: string, field: string, value: unknown): void {
    this.#pipeline.drop('invalid_value');
    const message = `The ${field} of an event or a service check is invalid: ${describeValue(value)}. Use the values of MetricsEvent and ServiceCheck.`;
    this.#reporter.report('invalid_value', message, { metric });
  }

  #lineContext(): LineContext {
    return {
      tags: this.#constantTags,
      lineSuffix: this.#options.capabilities.lineSuffix,
      maxBytes: this.#transport.maxPacketBytes,
    };
  }

  #startTelemetry(): ClientTelemetry {
    return new ClientTelemetry({
      transport: this.#transport,
      counts: () => this.#telemetryCounts(this.#pipeline.stats()),
      tags: () => {
        const tags = {
          client: 'nodejs',
          client_version: manifest.version,
          client_transport: TELEMETRY_TRANSPORTS[this.#transportKind()],
        };
        return this.#constantTags.encode(Object.entries(tags), () => {}).join(',');
      },
      lineSuffix: this.#options.capabilities.lineSuffix,
    });
  }

  #telemetryCounts(stats: PipelineStats): TelemetryCounts {
    return computeTelemetryCounts({ submitted: this.#submitted, stats, drained: this.#pipeline.drained });
  }

  #rejectSet(id: SeriesId, { key }: Series): void {
    this.#pipeline.rejectSeries(id, 'set_unsupported');
    const message = `A server of dialect ${this.#options.dialect} has no sets of strings, so they are dropped. Count distinct members in another way.`;
    this.#reporter.reportOnce('set_unsupported', message, { metric: key });
  }

  #reportConflict({ key }: Series, tag: string): void {
    const message = `Tag ${tag} is constant (option tags, or DD_TAGS, DD_ENV, DD_SERVICE, DD_VERSION), and a call sets another value, which wins. Use one of the two.`;
    this.#reporter.reportOnce('tag_conflict', message, { metric: key });
  }
}
