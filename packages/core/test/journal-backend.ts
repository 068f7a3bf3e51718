import type {
  BackendHost,
  BackendStats,
  MetricKind,
  MetricsBackend,
  MetricsEvent,
  Series,
  SeriesId,
  ServiceCheck,
} from '../src/index.js';

/** Writes down each call of a backend as a readable line: `counter shop.jobs{a=1}#worker 2`. */
export class JournalBackend implements MetricsBackend {
  readonly lines: string[] = [];
  readonly events: MetricsEvent[] = [];
  readonly checks: ServiceCheck[] = [];
  readonly opened: Series[] = [];
  readonly released: SeriesId[] = [];
  /** Each release, with whether the series had ended: `jobs{a=1} idle`. */
  readonly ends: string[] = [];
  host: BackendHost | undefined;
  flushes = 0;
  closes = 0;
  replaceable = false;
  readonly #names = new Map<SeriesId, string>();

  start(host: BackendHost): void {
    this.host = host;
  }

  open(id: SeriesId, series: Series): void {
    if (this.#names.has(id)) throw new Error(`series ${id} is open already`);
    this.opened.push(series);
    const tags = series.tags.map(([key, value]) => `${key}=${value}`);
    const instance = series.instance === undefined ? '' : `#${series.instance}`;
    this.#names.set(id, `${series.kind} ${series.name}${tags.length > 0 ? `{${tags.join(',')}}` : ''}${instance}`);
  }

  release(id: SeriesId, ended?: boolean): void {
    const name = this.#names.get(id);
    if (name === undefined) throw new Error(`series ${id} is not open`);
    this.#names.delete(id);
    this.released.push(id);
    this.ends.push(`${name.slice(name.indexOf(' ') + 1)} ${ended ? 'ended' : 'idle'}`);
  }

  incr(id: SeriesId, amount: number, rate: number): void {
    this.#write('counter', id, amount, rate);
  }

  gauge(id: SeriesId, value: number): void {
    this.#write('gauge', id, value, 1);
  }

  timing(id: SeriesId, milliseconds: number, rate: number): void {
    this.#write('timing', id, milliseconds, rate);
  }

  distribution(id: SeriesId, value: number, rate: number): void {
    this.#write('distribution', id, value, rate);
  }

  set(id: SeriesId, member: string): void {
    this.#write('set', id, member, 1);
  }

  recordAt(id: SeriesId, value: number, epochSeconds: number): void {
    this.#write('', id, `${value} T${epochSeconds}`, 1);
  }

  event(event: MetricsEvent): void {
    this.events.push(event);
  }

  serviceCheck(check: ServiceCheck): void {
    this.checks.push(check);
  }

  async flush(): Promise<void> {
    this.flushes += 1;
    this.host?.collect();
  }

  async close(): Promise<void> {
    this.closes += 1;
  }

  stats(): BackendStats {
    return { accepted: this.lines.length, sent: this.lines.length, dropped: {}, pending: 0, sampledOut: 0 };
  }

  /** @param kind the kind of series that the method is for, or empty for any. */
  #write(kind: MetricKind | '', id: SeriesId, value: number | string, rate: number): void {
    const name = this.#names.get(id);
    if (name === undefined) throw new Error(`series ${id} is not open`);
    if (!name.startsWith(kind)) throw new Error(`series ${id} is a ${name}, not a ${kind}`);
    this.lines.push(`${name} ${value}${rate === 1 ? '' : ` @${rate}`}`);
  }
}
