// The part that all StatsD backends share, from a recorded sample to a sent packet.
import {
  type BackendReporter,
  FlushScheduler,
  SampleAccounting,
  SampleBuffer,
  type SlotKind,
  SlotTable,
} from '@metrics/aggregation';
import type { BackendStats, Series, SeriesId } from '@metrics/core';
import { encodeUtf8, Fragments } from './line/fragments.js';
import { etsyDialect, type LineDialect } from './line/line-dialect.js';
import { LineWriter } from './line/line-writer.js';
import type { TagEncoder } from './line/tag-encoder.js';
import type { PacketCounts } from './packet-counts.js';
import { PacketQueue } from './packet-queue.js';
import type { PacketTransport } from './transport/packet-transport.js';
import { reportLoss, reportSendFailure, reportTransportDown } from './transport/transport-problems.js';

const DEFAULT_INTERVAL_MS = 2000;
/** The same without aggregation. */
const DEFAULT_UNAGGREGATED_INTERVAL_MS = 100;
/** No packet is longer by default, so a longer name cannot be sent. */
const DEFAULT_MAX_NAME_LENGTH = 8192;
/** In the year 2286. Later numbers are milliseconds. */
const MAX_EPOCH_SECONDS = 1e10;
const LOST_IN_TRANSIT = ['send_failed', 'timeout', 'exit'] as const;

/** Options of {@link StatsdPipeline}. */
export interface StatsdPipelineOptions {
  /** Sends the packets. The pipeline closes it. */
  readonly transport: PacketTransport;
  /** Renders names and tags. */
  readonly tagEncoder: TagEncoder;
  /** The variant of StatsD that the server understands. @default StatsD as Etsy defines it */
  readonly dialect?: LineDialect | undefined;
  /** Reports the problems of the pipeline. The backend starts it. */
  readonly reporter: BackendReporter;
  /** The `maxPacketBytes` of the transport, if it is set: a series with a longer name is rejected. @default 8192 */
  readonly maxPacketBytes?: number | undefined;
  /** Milliseconds between flushes; a divisor of 10,000. @default 2000, or 100 without aggregation */
  readonly flushInterval?: number | undefined;
  /** Whether counters are summed and gauges keep their last value until the flush. @default true */
  readonly aggregation?: boolean | undefined;
  /** Number of timings and distribution values of one series that are kept together; 1 to 10,000. @default 1024 */
  readonly maxSamplesPerSeries?: number | undefined;
  /** Whether values beyond `maxSamplesPerSeries` cause an early flush or a random choice. @default 'flush' */
  readonly overflow?: 'flush' | 'reservoir' | undefined;
}

/** The fate of all samples, and of the packets that carried them. */
export interface PipelineStats extends BackendStats, PacketCounts {
  /** Whether packets can be sent now. Otherwise metrics wait and are merged. */
  readonly ready: boolean;
  /** The address of the server; undefined until the host name is resolved. */
  readonly address: string | undefined;
  /** The last error of the transport or of name resolution. */
  readonly lastError: string | undefined;
}

/** The recording methods of a pipeline. */
export type SampleRecorder = Pick<SampleBuffer, 'incr' | 'gauge' | 'value' | 'set'>;

/**
 * The way of a sample from a recording method to a packet, shared by all StatsD backends: it renders series, buffers samples,
 * and at each flush writes them as lines into packets for a transport. A backend holds one and decides about tags, dialect
 * and transport.
 */
export class StatsdPipeline {
  /** Records samples. Backends hold it themselves: another call between them and the buffer would make a sample 20 % slower. */
  readonly recorder: SampleRecorder;

  readonly #transport: PacketTransport;
  readonly #tagEncoder: TagEncoder;
  readonly #reporter: BackendReporter;
  readonly #maxNameLength: number;
  readonly #fragments = new Fragments();
  readonly #slots = new SlotTable((fragment) => this.#fragments.release(fragment));
  readonly #accounting: SampleAccounting;
  readonly #buffer: SampleBuffer;
  readonly #packets: PacketQueue;
  readonly #writer: LineWriter;
  readonly #scheduler: FlushScheduler;
  #isClosed = false;

  constructor(options: StatsdPipelineOptions) {
    const { transport, tagEncoder, dialect = etsyDialect, reporter, aggregation = true } = options;
    const slots = this.#slots;
    const accounting = new SampleAccounting(reporter);
    this.#accounting = accounting;
    this.#transport = transport;
    this.#tagEncoder = tagEncoder;
    this.#reporter = reporter;
    this.#maxNameLength = options.maxPacketBytes ?? DEFAULT_MAX_NAME_LENGTH;
    this.#buffer = new SampleBuffer({
      slots,
      accounting,
      // Single amounts have fractions that no later one completes.
      merge: aggregation || dialect.integerCounters,
      maxSlotValues: options.maxSamplesPerSeries,
      overflow: options.overflow,
    });
    this.recorder = this.#buffer;
    this.#packets = new PacketQueue({
      transport,
      accounting,
      onFailure: (cause, willRetry) => {
        const report = willRetry ? reportTransportDown : reportSendFailure;
        report(reporter, transport.address, cause);
      },
      onRecovery: () => this.#buffer.onDrainNeeded(true),
    });
    this.#writer = new LineWriter({
      slots,
      fragments: this.#fragments,
      tagEncoder,
      dialect,
      packets: this.#packets,
      accounting,
    });
    this.#scheduler = new FlushScheduler({
      slots,
      buffer: this.#buffer,
      accounting,
      writer: this.#writer,
      outlet: this.#packets,
      interval: options.flushInterval ?? (aggregation ? DEFAULT_INTERVAL_MS : DEFAULT_UNAGGREGATED_INTERVAL_MS),
      collect: () => reporter.collect(),
    });
  }

  /** True since `close` was called. */
  get closed(): boolean {
    return this.#isClosed;
  }

  /** How often a flush found samples of a rendered series, by kind. */
  get drained(): Readonly<Record<SlotKind, number>> {
    return this.#buffer.drained;
  }

  /**
   * Opens a series. One without a name, or with a name that fits into no packet, is rejected: its samples are dropped.
   *
   * @param kind the kind under which the series is sent.
   */
  open(id: SeriesId, series: Series, kind: SlotKind = series.kind): void {
    if (this.#isClosed) return;
    if (series.name === '') return this.#buffer.rejectSeries(id, 'empty_name');
    if (series.name.length > this.#maxNameLength) return this.#buffer.rejectSeries(id, 'line_too_long');
    const texts = this.#tagEncoder.encode(series);
    // oxlint-disable-next-line unicorn/no-new-array -- one that grows by `push` takes room for 17
    const fragments = new Array<number>(texts.length);
    for (let i = 0; i < texts.length; i += 1) fragments[i] = this.#fragments.acquire(texts[i]!);
    this.#buffer.open(id, kind, fragments);
  }

  /** Opens an id that the backend cannot send: its samples are dropped under `reason`. */
  rejectSeries(id: SeriesId, reason: string): void {
    if (!this.#isClosed) this.#buffer.rejectSeries(id, reason);
  }

  /** Closes the id. Samples already recorded are still sent. */
  release(id: SeriesId): void {
    this.#buffer.release(id);
  }

  /** Drops one sample that the server would not accept. */
  drop(reason: string): void {
    this.#accounting.drop(1, this.#buffer.closed ? 'closed' : reason);
  }

  /**
   * Records an amount of a counter or a value of a gauge with its timestamp, which is never aggregated. For servers that
   * understand `|T`. Returns the kind, or undefined if the sample is dropped.
   */
  recordAt(id: SeriesId, value: number, epochSeconds: number): 'counter' | 'gauge' | undefined {
    const slot = this.#slots.slotForId(id);
    if (slot < 0) {
      this.#buffer.dropSample(id);
      return undefined;
    }
    const kind = this.#slots.kind(slot);
    // The Agent drops timestamps on lines of other kinds, and a timestamp of zero.
    if (kind !== 'counter' && kind !== 'gauge') {
      this.#accounting.drop(1, 'wrong_kind');
      return undefined;
    }
    if (!(epochSeconds >= 1 && epochSeconds < MAX_EPOCH_SECONDS)) {
      this.#accounting.drop(1, 'invalid_timestamp');
      return undefined;
    }
    this.#buffer.queueLine(this.#writer.encodeTimestamped(slot, value, epochSeconds));
    return kind;
  }

  /** Records a line that is complete, its newline included, as one sample. */
  queueLine(line: string): void {
    this.#buffer.queueLine(encodeUtf8(line));
  }

  /** @see {@link FlushScheduler.flush} */
  flush(): Promise<void> {
    return this.#scheduler.flush();
  }

  /** @see {@link FlushScheduler.drainSync} */
  flushSync(): void {
    const lostBefore = this.#lost;
    this.#packets.prepareForExit();
    this.#scheduler.drainSync();
    this.#packets.dropUnsent('exit');
    this.#reportLoss('exit', this.#lost - lostBefore);
  }

  /** Flushes within `timeout` milliseconds, drops the rest and closes the transport. Never rejects. */
  async close(options: { readonly timeout: number }): Promise<void> {
    const lostBefore = this.#lost;
    const closed = this.#scheduler.close(options);
    // After the last reading of observed gauges, which may open series.
    this.#isClosed = true;
    await closed;
    this.#transport.close();
    this.#reportLoss('close', this.#lost - lostBefore);
  }

  /** Returns a new object with the current counts. */
  stats(): PipelineStats {
    return {
      ...this.#accounting.stats(this.#buffer.buffered),
      ...this.#packets.counts,
      ready: this.#packets.ready,
      address: this.#transport.address,
      lastError: this.#packets.refusal?.message ?? this.#reporter.lastError,
    };
  }

  /** Samples that were lost on their way to the server. */
  get #lost(): number {
    const { dropped } = this.#accounting.stats(0);
    return LOST_IN_TRANSIT.reduce((total, reason) => total + (dropped[reason] ?? 0), 0);
  }

  #reportLoss(moment: 'close' | 'exit', count: number): void {
    if (count === 0) return;
    const cause = this.#packets.refusal;
    reportLoss({ reporter: this.#reporter, address: this.#transport.address, moment, count, cause });
  }
}
