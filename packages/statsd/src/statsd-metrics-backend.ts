import { BackendReporter, FlushScheduler, SampleAccounting, SampleBuffer, SlotTable } from '@metrics/aggregation';
import type { BackendHost, BackendStats, MetricsBackend, Series, SeriesId } from '@metrics/core';
import { Fragments } from './line/fragments.js';
import { LineWriter } from './line/line-writer.js';
import { lineSyntax, type TagEncoder } from './line/tag-encoder.js';
import { type PacketCounts, PacketQueue } from './packet-queue.js';
import { type CheckedStatsdOptions, checkedOptions, type StatsdOptions } from './statsd-options.js';
import type { PacketTransport } from './transport/packet-transport.js';
import { StreamTransport } from './transport/stream-transport.js';
import { UdpTransport } from './transport/udp-transport.js';
import { UdsTransport } from './transport/uds-transport.js';

export interface StatsdStats extends BackendStats, PacketCounts {
  readonly transport: 'udp' | 'tcp' | 'uds';
  /** Whether packets can leave now. Otherwise metrics wait and are merged. */
  readonly ready: boolean;
  /** Where they go; undefined until the host name is resolved. */
  readonly address: string | undefined;
  /** The last error of the transport or of name resolution. */
  readonly lastError: string | undefined;
}

/** No packet is longer by default, so a longer name cannot be sent. */
const LONGEST_NAME = 8192;

/**
 * Plain StatsD over UDP, TCP or a Unix datagram socket: columns, lines, packets, transport.
 *
 * What the protocol cannot carry: tags (unless {@link StatsdOptions.tagFormat} says how), units, timestamps, events,
 * service checks; distributions are sent as timings, and a negative gauge as two lines.
 */
export class StatsdMetricsBackend implements MetricsBackend {
  readonly #problems: BackendReporter;
  readonly #fragments = new Fragments();
  readonly #ledger = new SampleAccounting();
  readonly #syntax: TagEncoder;
  readonly #protocol: CheckedStatsdOptions['protocol'];
  readonly #dropsTags: boolean;
  readonly #longestName: number;
  readonly #transport: PacketTransport;
  readonly #packets: PacketQueue;
  readonly #columns: SampleBuffer;
  readonly #window: FlushScheduler;

  /**
   * @throws {TypeError} or {@link RangeError} on a bad option, naming it and showing its value.
   * @throws {Error} when protocol `uds` is asked for and the package `unix-dgram` is missing.
   */
  constructor(options: StatsdOptions = {}) {
    const checked = checkedOptions(options);
    const slots = new SlotTable((fragment) => this.#fragments.release(fragment));
    this.#problems = new BackendReporter();
    this.#syntax = lineSyntax(checked.tagFormat);
    this.#protocol = checked.protocol;
    this.#dropsTags = checked.tagFormat === 'none';
    this.#longestName = checked.maxPacketBytes ?? LONGEST_NAME;
    this.#transport = this.#createTransport(checked);
    this.#packets = new PacketQueue({
      transport: this.#transport,
      accounting: this.#ledger,
      onFailure: (cause, held) => this.#reportFailure(cause, held),
    });
    this.#columns = new SampleBuffer({ slots, accounting: this.#ledger, merge: checked.aggregation });
    this.#window = new FlushScheduler({
      slots,
      buffer: this.#columns,
      accounting: this.#ledger,
      interval: checked.flushInterval,
      collect: () => this.#problems.collect(),
      outlet: this.#packets,
      writer: new LineWriter({
        slots,
        fragments: this.#fragments,
        tagEncoder: this.#syntax,
        packets: this.#packets,
        accounting: this.#ledger,
        onNegative: () => this.#reportNegative(),
      }),
    });
  }

  start(host: BackendHost): void {
    this.#problems.start(host);
  }

  open(id: SeriesId, series: Series): void {
    if (this.#columns.closed) return;
    if (series.name === '') return this.#columns.rejectSeries(id, 'empty_name');
    if (series.name.length > this.#longestName) return this.#columns.rejectSeries(id, 'line_too_long');
    if (this.#dropsTags && Object.keys(series.tags).length > 0) this.#reportDroppedTags(series);
    const fragments = this.#syntax.encode(series).map((text) => this.#fragments.acquire(text));
    this.#columns.open(id, series.kind, fragments);
  }

  release(id: SeriesId): void {
    this.#columns.release(id);
  }

  incr(id: SeriesId, amount: number, sampleRate: number): void {
    this.#columns.incr(id, amount, sampleRate);
  }

  gauge(id: SeriesId, value: number): void {
    this.#columns.gauge(id, value);
  }

  timing(id: SeriesId, milliseconds: number, sampleRate: number): void {
    this.#columns.value(id, milliseconds, sampleRate);
  }

  distribution(id: SeriesId, value: number, sampleRate: number): void {
    this.#columns.value(id, value, sampleRate);
  }

  set(id: SeriesId, member: string): void {
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
    await this.#window.close(options);
    this.#transport.close();
  }

  stats(): StatsdStats {
    return {
      ...this.#ledger.stats(this.#columns.buffered),
      ...this.#packets.counts,
      transport: this.#protocol,
      ready: this.#packets.ready,
      address: this.#transport.address,
      lastError: this.#problems.lastError,
    };
  }

  #createTransport({ protocol, path, host, port, maxPacketBytes }: CheckedStatsdOptions): PacketTransport {
    if (path !== undefined) return new UdsTransport({ path, maxPacketBytes });
    const onResolveFailure = (cause: Error): void => {
      const message = `The StatsD host ${host} cannot be resolved; metrics wait, and it is tried again. Check the option host.`;
      this.#problems.report('resolve_failed', message, { cause });
    };
    if (protocol === 'udp') return new UdpTransport({ host, port, maxPacketBytes, onResolveFailure });
    return new StreamTransport({
      address: { host, port },
      framing: 'newline',
      maxPacketBytes,
      onResolveFailure,
      onDown: (cause) => this.#reportFailure(cause, true),
    });
  }

  #reportFailure(cause: Error, held: boolean): void {
    const address = this.#transport.address;
    if (held) {
      const message = `Nobody reads ${address}; metrics are kept and merged until somebody does. Check that the server runs, and the address.`;
      this.#problems.report('transport_down', message, { cause });
    } else {
      const message = `A packet to ${address} could not be sent and its samples are lost. Check address and network.`;
      this.#problems.report('send_failed', message, { cause });
    }
  }

  #reportDroppedTags({ key }: Series): void {
    const message =
      "Plain StatsD has no tags, so they are left out. Set tagFormat to 'datadog', 'graphite' or 'influx' if the server reads tags, or use @metrics/dogstatsd.";
    this.#problems.reportOnce('tags_dropped', message, { metric: key });
  }

  #reportNegative(): void {
    const message =
      'StatsD takes no negative timings, and distributions are sent as timings: negative values are dropped. Use a gauge, or @metrics/dogstatsd.';
    this.#problems.reportOnce('negative_distribution', message);
  }
}
