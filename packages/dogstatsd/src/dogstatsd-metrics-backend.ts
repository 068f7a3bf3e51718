import { BackendReporter, FlushScheduler, SampleAccounting, SampleBuffer, SlotTable } from '@metrics/aggregation';
import type {
  BackendHost,
  BackendStats,
  MetricsBackend,
  MetricsEvent,
  Series,
  SeriesId,
  ServiceCheck,
} from '@metrics/core';
import {
  encodeUtf8,
  Fragments,
  LineWriter,
  type PacketCounts,
  PacketQueue,
  type PacketTransport,
  type TagEncoder,
} from '@metrics/statsd/wire';
import manifest from '../package.json' with { type: 'json' };
import { ConstantTags } from './line/constant-tags.js';
import { dogStatsdSyntax } from './line/dogstatsd-tags.js';
import type { OccurrenceContext } from './line/event-fields.js';
import { eventLine } from './line/event-line.js';
import { serviceCheckLine } from './line/service-check-line.js';
import { localData } from './settings/container-id.js';
import type { Dialect } from './settings/dialect.js';
import type { DogStatsdOptions } from './settings/dogstatsd-options.js';
import { decideSettings, type Origin, type Settings } from './settings/resolved-options.js';
import { type WireTypes, wireKind } from './settings/wire-types.js';
import { ClientTelemetry } from './telemetry/client-telemetry.js';
import { clientFigures, type Submitted, type TelemetryCounts } from './telemetry/telemetry-counts.js';
import { createTransport, reportFailure, type TransportKind } from './transport/create-transport.js';

export interface DogStatsdStats extends BackendStats, PacketCounts {
  readonly transport: TransportKind;
  /** Whether packets can leave now. Otherwise metrics wait and are merged. */
  readonly ready: boolean;
  /** Where they go; undefined until the host name is resolved. */
  readonly address: string | undefined;
  /** Where the address is from: `options`, `default`, or variables of the environment. */
  readonly addressFrom: string;
  readonly dialect: Dialect;
  /** What is sent about the sender. */
  readonly origin: Origin;
  /** Whether the client's own figures are sent, and what they are: running totals under their names. */
  readonly telemetry: { readonly enabled: boolean; readonly figures: TelemetryCounts };
  /** The last error of the transport or of name resolution. */
  readonly lastError: string | undefined;
}

/** No packet is longer, so a longer name cannot be sent. */
const LONGEST_NAME = 8192;
/** In the year 2286; later numbers are milliseconds. */
const LAST_SECOND = 1e10;
const TELEMETRY_TRANSPORTS = { udp: 'udp', unixgram: 'uds', unixstream: 'uds-stream' } as const;

/**
 * DogStatsD to a Datadog Agent, or to another server that reads it, over UDP or a Unix socket: columns, lines, packets,
 * transport. A little long because it does all that the contract has.
 *
 * What the protocol cannot carry: units.
 */
export class DogStatsdMetricsBackend implements MetricsBackend {
  /** Left out where the server reads no timestamps, and the like for the other two. */
  readonly recordAt?: (id: SeriesId, value: number, epochSeconds: number) => void;
  readonly event?: (event: MetricsEvent) => void;
  readonly serviceCheck?: (check: ServiceCheck) => void;

  readonly #settings: Settings;
  readonly #wireTypes: WireTypes;
  readonly #problems: BackendReporter;
  readonly #fragments = new Fragments();
  readonly #ledger = new SampleAccounting();
  readonly #constantTags: ConstantTags;
  readonly #tail: string;
  readonly #syntax: TagEncoder;
  readonly #longestName: number;
  readonly #transport: PacketTransport;
  readonly #transportKind: () => TransportKind;
  readonly #packets: PacketQueue;
  readonly #slots: SlotTable;
  readonly #columns: SampleBuffer;
  readonly #writer: LineWriter;
  readonly #window: FlushScheduler;
  readonly #telemetry: ClientTelemetry | undefined;
  /** Calls by verb, before sampling and aggregation. */
  readonly #submitted: Submitted = {
    counter: 0,
    gauge: 0,
    timing: 0,
    distribution: 0,
    set: 0,
    events: 0,
    serviceChecks: 0,
  };

  /**
   * @throws {TypeError} or {@link RangeError} on a bad option, naming it and showing its value. A bad variable of the
   *   environment is ignored and reported.
   * @throws {Error} when datagrams to a Unix socket are asked for and the package `unix-dgram` is missing.
   */
  constructor(options: DogStatsdOptions = {}) {
    this.#settings = decideSettings(options, process.env, () => localData());
    const { features, origin, tags } = this.#settings;
    const { aggregation = true, maxPacketBytes, wireTypes = {} } = options;
    this.#wireTypes = { ...wireTypes };
    this.#problems = new BackendReporter();
    this.#constantTags = new ConstantTags(tags);
    this.#tail = originFields(origin);
    this.#syntax = dogStatsdSyntax(this.#constantTags, (series, key) => this.#reportConflict(series, key));
    this.#longestName = maxPacketBytes ?? LONGEST_NAME;
    const { transport, kind } = createTransport(this.#settings, maxPacketBytes, this.#problems);
    this.#transport = transport;
    this.#transportKind = kind;
    this.#slots = new SlotTable((fragment) => this.#fragments.release(fragment));
    this.#packets = new PacketQueue({
      transport,
      accounting: this.#ledger,
      onFailure: (cause, held) => reportFailure(this.#problems, transport.address, cause, held),
    });
    this.#columns = new SampleBuffer({
      slots: this.#slots,
      accounting: this.#ledger,
      merge: aggregation,
      maxSlotValues: options.maxSamplesPerSeries,
      overflow: options.overflow,
    });
    this.#writer = new LineWriter({
      slots: this.#slots,
      fragments: this.#fragments,
      tagEncoder: this.#syntax,
      dialect: {
        types: { counter: 'c', gauge: 'g', timing: 'ms', distribution: 'd', histogram: 'h', set: 's' },
        packedKinds: features.packed,
        signedGaugeIsDelta: features.signIsChange,
        acceptsNegativeValues: features.negativeValues,
        lineSuffix: this.#tail,
      },
      packets: this.#packets,
      accounting: this.#ledger,
      onNegative: () => this.#reportNegative(),
    });
    this.#window = new FlushScheduler({
      slots: this.#slots,
      buffer: this.#columns,
      accounting: this.#ledger,
      writer: this.#writer,
      interval: options.flushInterval ?? (aggregation ? 2000 : 100),
      collect: () => this.#problems.collect(),
      outlet: this.#packets,
    });
    this.#telemetry = features.telemetry ? this.#startTelemetry() : undefined;
    if (features.timestamps) this.recordAt = (...sample) => this.#recordAt(...sample);
    if (features.events) this.event = (event) => this.#event(event);
    if (features.serviceChecks) this.serviceCheck = (check) => this.#serviceCheck(check);
  }

  start(host: BackendHost): void {
    this.#problems.start(host);
    for (const message of this.#settings.complaints) this.#problems.report('invalid_environment', message);
  }

  open(id: SeriesId, series: Series): void {
    if (this.#columns.closed) return;
    if (series.name === '') return this.#columns.rejectSeries(id, 'empty_name');
    if (series.name.length > this.#longestName) return this.#columns.rejectSeries(id, 'line_too_long');
    if (series.kind === 'set' && !this.#settings.features.sets) return this.#refuseSet(id, series);
    const kind = wireKind(series, this.#wireTypes, this.#settings.features.distribution);
    const fragments = this.#syntax.encode(series).map((text) => this.#fragments.acquire(text));
    this.#columns.open(id, kind, fragments);
  }

  release(id: SeriesId): void {
    this.#columns.release(id);
  }

  incr(id: SeriesId, amount: number, sampleRate: number): void {
    this.#submitted.counter += 1;
    this.#columns.incr(id, amount, sampleRate);
  }

  gauge(id: SeriesId, value: number): void {
    this.#submitted.gauge += 1;
    this.#columns.gauge(id, value);
  }

  timing(id: SeriesId, milliseconds: number, sampleRate: number): void {
    this.#submitted.timing += 1;
    this.#columns.value(id, milliseconds, sampleRate);
  }

  distribution(id: SeriesId, value: number, sampleRate: number): void {
    this.#submitted.distribution += 1;
    this.#columns.value(id, value, sampleRate);
  }

  set(id: SeriesId, member: string): void {
    this.#submitted.set += 1;
    this.#columns.set(id, member);
  }

  flush(): Promise<void> {
    return this.#window.flush();
  }

  flushSync(): void {
    this.#packets.prepareForExit();
    this.#window.drainSync();
  }

  async close(options: { readonly timeout: number }): Promise<void> {
    this.#telemetry?.close();
    await this.#window.close(options);
    this.#transport.close();
  }

  stats(): DogStatsdStats {
    const { dialect, addressFrom, origin } = this.#settings;
    return {
      ...this.#ledger.stats(this.#columns.buffered),
      ...this.#packets.counts,
      transport: this.#transportKind(),
      ready: this.#packets.ready,
      address: this.#transport.address,
      addressFrom,
      dialect,
      origin: { ...origin },
      telemetry: { enabled: this.#telemetry !== undefined, figures: this.#figures() },
      lastError: this.#problems.lastError,
    };
  }

  #recordAt(id: SeriesId, value: number, epochSeconds: number): void {
    const slot = this.#slots.slotForId(id);
    if (slot < 0) return this.#columns.dropSample(id);
    const kind = this.#slots.kind(slot);
    // The Agent drops lines of other kinds with a time, and those of zero.
    if (kind !== 'counter' && kind !== 'gauge') return this.#ledger.drop(1, 'wrong_kind');
    if (!(epochSeconds >= 1 && epochSeconds < LAST_SECOND)) return this.#ledger.drop(1, 'invalid_timestamp');
    this.#submitted[kind] += 1;
    this.#columns.queueLine(this.#writer.timestamped(slot, value, epochSeconds));
  }

  #event(event: MetricsEvent): void {
    this.#submitted.events += 1;
    this.#columns.queueLine(encodeUtf8(eventLine(event, this.#context())));
  }

  #serviceCheck(check: ServiceCheck): void {
    this.#submitted.serviceChecks += 1;
    this.#columns.queueLine(encodeUtf8(serviceCheckLine(check, this.#context())));
  }

  #context(): OccurrenceContext {
    return { tags: this.#constantTags, tail: this.#tail, maxBytes: this.#transport.maxPacketBytes };
  }

  #startTelemetry(): ClientTelemetry {
    return new ClientTelemetry({
      transport: this.#transport,
      figures: () => this.#figures(),
      tags: () => {
        const own = {
          client: 'nodejs',
          client_version: manifest.version,
          client_transport: TELEMETRY_TRANSPORTS[this.#transportKind()],
        };
        return this.#constantTags.render(Object.entries(own), () => {}).join(',');
      },
      tail: this.#tail,
    });
  }

  #figures(): TelemetryCounts {
    return clientFigures({
      submitted: this.#submitted,
      packets: this.#packets.counts,
      drained: this.#columns.drained,
      dropped: this.#ledger.stats(0).dropped,
    });
  }

  #refuseSet(id: SeriesId, { key }: Series): void {
    this.#columns.rejectSeries(id, 'set_unsupported');
    const message = `A server of dialect ${this.#settings.dialect} has no sets of texts: they are dropped. Count distinct members another way.`;
    this.#problems.reportOnce('set_unsupported', message, { metric: key });
  }

  #reportConflict({ key }: Series, tag: string): void {
    const message = `Tag ${tag} is constant (option tags, or DD_TAGS, DD_ENV, DD_SERVICE, DD_VERSION), and a call gives it another value, which wins. Use one of the two.`;
    this.#problems.reportOnce('tag_conflict', message, { metric: key });
  }

  #reportNegative(): void {
    const message = `A server of dialect ${this.#settings.dialect} takes no negative timings or distributions: such values are dropped. Use a gauge.`;
    this.#problems.reportOnce('negative_distribution', message);
  }
}

/** The fields that say who sends; the same on every line. */
function originFields({ containerId, externalData, cardinality }: Origin): string {
  const fields = { c: containerId, e: externalData, card: cardinality };
  return Object.entries(fields)
    .map(([name, value]) => (value === undefined ? '' : `|${name}:${value}`))
    .join('');
}
