// The backend: options to tag encoder, transport and pipeline.
import { BackendReporter } from '@metrics/aggregation';
import type { BackendHost, MetricsBackend, Series, SeriesId } from '@metrics/core';
import { etsyDialect } from './line/line-dialect.js';
import { type ResolvedStatsdOptions, resolveOptions, type StatsdOptions } from './statsd-options.js';
import { type PipelineStats, type SampleRecorder, StatsdPipeline } from './statsd-pipeline.js';
import { tagEncoders } from './tag-format/tag-format.js';
import type { PacketTransport } from './transport/packet-transport.js';
import { StreamTransport } from './transport/stream-transport.js';
import { reportResolveFailure, reportTransportDown } from './transport/transport-problems.js';
import { UdpTransport } from './transport/udp-transport.js';
import { UdsTransport } from './transport/uds-transport.js';

/** Counts and state of a {@link StatsdMetricsBackend}. */
export interface StatsdStats extends PipelineStats {
  /** The protocol of the option `protocol`. */
  readonly transport: 'udp' | 'tcp' | 'uds';
}

/**
 * Plain StatsD over UDP, TCP or a Unix datagram socket.
 *
 * The protocol cannot carry tags (unless {@link StatsdOptions.tagFormat} sets a format), units, timestamps, events and
 * service checks. Distributions are sent as timings, and a negative gauge as two lines.
 *
 * @example
 * ```ts
 * import { metrics } from '@metrics/core';
 * import { StatsdMetricsBackend } from '@metrics/statsd';
 *
 * metrics.register(new StatsdMetricsBackend({ host: '127.0.0.1', port: 8125 }), { prefix: 'shop.' });
 * metrics.incr('orders');
 * await metrics.close();
 * ```
 */
export class StatsdMetricsBackend implements MetricsBackend {
  readonly #reporter = new BackendReporter();
  readonly #protocol: ResolvedStatsdOptions['protocol'];
  readonly #dropsTags: boolean;
  readonly #pipeline: StatsdPipeline;
  readonly #recorder: SampleRecorder;

  /**
   * Creates the backend and its transport.
   *
   * @throws {TypeError | RangeError} on an invalid option, naming it and showing its value.
   * @throws {Error} if the protocol is `uds` and the package `unix-dgram` is missing.
   */
  constructor(options: StatsdOptions = {}) {
    const resolved = resolveOptions(options);
    const { protocol, tagFormat, maxPacketBytes, flushInterval, aggregation } = resolved;
    this.#protocol = protocol;
    this.#dropsTags = tagFormat === 'none';
    this.#pipeline = new StatsdPipeline({
      transport: createTransport(resolved, this.#reporter),
      tagEncoder: tagEncoders[tagFormat],
      dialect: tagFormat === 'influx' ? { ...etsyDialect, integerCounters: true } : etsyDialect,
      reporter: this.#reporter,
      maxPacketBytes,
      flushInterval,
      aggregation,
    });
    this.#recorder = this.#pipeline.recorder;
  }

  get closed(): boolean {
    return this.#pipeline.closed;
  }

  start(host: BackendHost): void {
    this.#reporter.start(host);
  }

  open(id: SeriesId, series: Series): void {
    if (this.#dropsTags && Object.keys(series.tags).length > 0) this.#reportDroppedTags(series);
    this.#pipeline.open(id, series);
  }

  release(id: SeriesId): void {
    this.#pipeline.release(id);
  }

  incr(id: SeriesId, amount: number, sampleRate: number): void {
    this.#recorder.incr(id, amount, sampleRate);
  }

  gauge(id: SeriesId, value: number): void {
    this.#recorder.gauge(id, value);
  }

  timing(id: SeriesId, milliseconds: number, sampleRate: number): void {
    this.#recorder.value(id, milliseconds, sampleRate);
  }

  distribution(id: SeriesId, value: number, sampleRate: number): void {
    this.#recorder.value(id, value, sampleRate);
  }

  set(id: SeriesId, member: string): void {
    this.#recorder.set(id, member);
  }

  flush(): Promise<void> {
    return this.#pipeline.flush();
  }

  flushSync(): void {
    this.#pipeline.flushSync();
  }

  close(options: { readonly timeout: number }): Promise<void> {
    return this.#pipeline.close(options);
  }

  stats(): StatsdStats {
    return { ...this.#pipeline.stats(), transport: this.#protocol };
  }

  #reportDroppedTags({ key }: Series): void {
    const message =
      'Plain StatsD has no tags, so they are dropped. Set tagFormat to "datadog", "graphite" or "influx" if the server reads tags, or use @metrics/dogstatsd.';
    this.#reporter.reportOnce('tags_dropped', message, { metric: key });
  }
}

function createTransport(
  { protocol, path, host, port, maxPacketBytes }: ResolvedStatsdOptions,
  reporter: BackendReporter,
): PacketTransport {
  if (path !== undefined) return new UdsTransport({ path, maxPacketBytes });
  const onResolveFailure = (cause: Error): void => reportResolveFailure(reporter, host, 'option host', cause);
  if (protocol === 'udp') return new UdpTransport({ host, port, maxPacketBytes, onResolveFailure });
  const transport: StreamTransport = new StreamTransport({
    address: { host, port },
    framing: 'newline',
    maxPacketBytes,
    onResolveFailure,
    onDown: (cause) => reportTransportDown(reporter, transport.address, cause),
  });
  return transport;
}
