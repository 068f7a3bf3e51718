// Sends counts about this client, as clients of Datadog do.
import type { PacketTransport } from '@metrics/statsd/wire';
import type { TelemetryCounts } from './telemetry-counts.js';

const PREFIX = 'datadog.dogstatsd.client.';
/** The interval of all Datadog clients. */
const INTERVAL_MS = 10_000;

export interface ClientTelemetryOptions {
  readonly transport: PacketTransport;
  readonly counts: () => TelemetryCounts;
  /** Returns the encoded tags of every line: `client:…,env:…`. */
  readonly tags: () => string;
  /** The end of every line: the fields of the origin. */
  readonly lineSuffix: string;
}

/**
 * Sends the changes of counts about this client every ten seconds. A change counts as reported only after the transport
 * accepted its packet, so a lost packet loses no count. These lines are not samples, so `stats()` does not count them.
 *
 * @see https://docs.datadoghq.com/developers/dogstatsd/high_throughput/#client-side-telemetry
 */
export class ClientTelemetry {
  readonly #options: ClientTelemetryOptions;
  /** Totals at the last accepted packet, by name. */
  readonly #reported = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;
  #inFlight = 0;

  constructor(options: ClientTelemetryOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.send(), INTERVAL_MS).unref();
  }

  /** Sends now, unless a packet is still in flight. */
  send(): void {
    const { transport } = this.#options;
    if (!transport.ready || this.#inFlight > 0) return;
    let packet = '';
    let totals = new Map<string, number>();
    const finishPacket = (): void => {
      if (packet !== '') this.#sendPacket(packet, totals);
      packet = '';
      totals = new Map();
    };
    for (const [name, total] of Object.entries(this.#options.counts())) {
      const change = total - (this.#reported.get(name) ?? 0);
      if (change === 0) continue;
      const line = this.#line(name, change);
      if (Buffer.byteLength(packet) + Buffer.byteLength(line) > transport.maxPacketBytes) finishPacket();
      packet += line;
      totals.set(name, total);
    }
    finishPacket();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #line(name: string, change: number): string {
    const [metric, type] = name.split(':') as [string, string?];
    const tags = this.#options.tags() + (type === undefined ? '' : `,metrics_type:${type}`);
    return `${PREFIX}${metric}:${change}|c|#${tags}${this.#options.lineSuffix}\n`;
  }

  #sendPacket(packet: string, totals: ReadonlyMap<string, number>): void {
    this.#inFlight += 1;
    this.#options.transport.send(Buffer.from(packet), (error) => {
      this.#inFlight -= 1;
      if (error !== undefined) return;
      for (const [name, total] of totals) this.#reported.set(name, total);
    });
  }
}
