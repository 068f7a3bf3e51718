import type { PacketTransport } from '@metrics/statsd/wire';
import type { TelemetryCounts } from './telemetry-counts.js';

const PREFIX = 'datadog.dogstatsd.client.';
/** Milliseconds; as all clients of Datadog do. */
const INTERVAL = 10_000;

export interface ClientTelemetryOptions {
  readonly transport: PacketTransport;
  readonly figures: () => TelemetryCounts;
  /** Of every line, rendered: `client:…,env:…`. */
  readonly tags: () => string;
  /** Ends every line: who sends. */
  readonly tail: string;
}

/**
 * Sends what has changed of the client's own figures every ten seconds. What a packet said is taken as told only when the
 * transport took it, so nothing is missing when one is lost. These lines are nobody's samples, and not in the books.
 *
 * @see https://docs.datadoghq.com/developers/dogstatsd/high_throughput/#client-side-telemetry
 */
export class ClientTelemetry {
  readonly #options: ClientTelemetryOptions;
  readonly #told = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;
  #inFlight = 0;

  constructor(options: ClientTelemetryOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.send(), INTERVAL).unref();
  }

  /** Sends now, unless the last time is not decided yet. */
  send(): void {
    const { transport } = this.#options;
    if (!transport.ready || this.#inFlight > 0) return;
    let text = '';
    let totals = new Map<string, number>();
    const leave = (): void => {
      if (text !== '') this.#sendPacket(text, totals);
      text = '';
      totals = new Map();
    };
    for (const [figure, total] of Object.entries(this.#options.figures())) {
      const change = total - (this.#told.get(figure) ?? 0);
      if (change === 0) continue;
      const line = this.#line(figure, change);
      if (Buffer.byteLength(text) + Buffer.byteLength(line) > transport.maxPacketBytes) leave();
      text += line;
      totals.set(figure, total);
    }
    leave();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #line(figure: string, change: number): string {
    const [name, type] = figure.split(':') as [string, string?];
    const tags = this.#options.tags() + (type === undefined ? '' : `,metrics_type:${type}`);
    return `${PREFIX}${name}:${change}|c|#${tags}${this.#options.tail}\n`;
  }

  #sendPacket(text: string, totals: ReadonlyMap<string, number>): void {
    this.#inFlight += 1;
    this.#options.transport.send(Buffer.from(text), (error) => {
      this.#inFlight -= 1;
      if (error !== undefined) return;
      for (const [figure, total] of totals) this.#told.set(figure, total);
    });
  }
}
