import type { BackendStats, MetricKind, MetricsBackend, Series, SeriesId } from '@metrics/core';
import type { BackendUnderTest, Capabilities, DeliveredSample } from '../../src/conformance.js';

interface Total {
  readonly series: Series;
  value: number;
  readonly values: number[];
  readonly members: Set<string>;
}

/** A backend that is read, as a scraped one is: it keeps totals, and a sample is sent as soon as it is in them. */
export class PulledBackend implements MetricsBackend {
  closed = false;
  protected readonly totals: Map<string, Total> = new Map();
  protected readonly ids: Map<SeriesId, string> = new Map();
  protected recorded = 0;
  readonly #dropped: Record<string, number> = {};
  #reads = 0;

  open(id: SeriesId, { kind, name, tags, instance, buckets, ...rest }: Series): void {
    if (this.closed) return;
    const key = JSON.stringify([kind, name, tags, instance]);
    this.ids.set(id, key);
    const series = {
      ...rest,
      kind,
      name,
      instance,
      buckets: buckets && [...buckets],
      tags: tags.map(([k, v]) => [k, v] as const),
    };
    if (!this.totals.has(key)) this.totals.set(key, { series, value: Number.NaN, values: [], members: new Set() });
  }

  release(id: SeriesId, ended: boolean): void {
    if (ended) this.totals.delete(this.ids.get(id)!);
    this.ids.delete(id);
  }

  incr(id: SeriesId, amount: number): void {
    this.record(id, (total) => {
      if (amount < 0) return 'negative_increment';
      if (!Number.isFinite((total.value || 0) + amount)) return 'not_finite';
      total.value = (total.value || 0) + amount;
      return undefined;
    });
  }

  gauge(id: SeriesId, value: number): void {
    this.record(id, (total) => void (total.value = value));
  }

  timing(id: SeriesId, value: number): void {
    this.record(id, (total) => void total.values.push(value));
  }

  distribution(id: SeriesId, value: number): void {
    this.timing(id, value);
  }

  set(id: SeriesId, member: string): void {
    this.record(id, (total) => void total.members.add(member));
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {
    this.closed = true;
  }

  stats(): BackendStats & { readonly reads: number } {
    const dropped = Object.values(this.#dropped).reduce((sum, count) => sum + count, 0);
    const accepted = this.recorded + dropped;
    this.#reads += 1;
    return {
      accepted,
      sent: this.recorded,
      dropped: { ...this.#dropped },
      pending: 0,
      sampledOut: 0,
      reads: this.#reads,
    };
  }

  /** The totals as a reader sees them now. */
  read(): DeliveredSample[] {
    return [...this.totals.values()].flatMap(({ series, value, values, members }) => {
      const { name, instance } = series;
      const kind: MetricKind = series.kind === 'set' ? 'gauge' : series.kind;
      const sample = { kind, name, instance, tags: Object.fromEntries(series.tags) };
      if (series.kind === 'set') return { ...sample, value: members.size };
      if (kind === 'counter' || kind === 'gauge') return Number.isNaN(value) ? [] : { ...sample, value };
      const count = values.length;
      if (count === 0) return [];
      const mean = values.reduce((sum, one) => sum + one, 0) / count;
      return { ...sample, count, value: mean, bucketCounts: this.bucketsOf(series.buckets ?? [1], values) };
    });
  }

  protected bucketsOf(bounds: readonly number[], values: readonly number[]): [number, number][] {
    return bounds.map((bound) => [bound, values.filter((value) => value <= bound).length]);
  }

  protected record(id: SeriesId, add: (total: Total) => string | undefined): void {
    const total = this.totals.get(this.ids.get(id) ?? '');
    const reason = this.closed ? 'closed' : total === undefined ? 'unknown_series' : add(total);
    if (reason === undefined) this.recorded += 1;
    else this.#dropped[reason] = (this.#dropped[reason] ?? 0) + 1;
  }
}

/** A backend that sends its totals at each flush, as an exporter with cumulative values does. */
class CumulativeBackend extends PulledBackend {
  readonly arrived: DeliveredSample[] = [];
  #sent = 0;

  override async flush(): Promise<void> {
    const recorded = this.recorded;
    const totals = this.read();
    await new Promise((resolve) => setImmediate(resolve));
    // Totals that were sent before are in these, too.
    this.#sent = Math.max(this.#sent, recorded);
    this.arrived.push(...totals);
  }

  override async close(): Promise<void> {
    this.closed = true;
    await this.flush();
  }

  override stats(): ReturnType<PulledBackend['stats']> {
    const stats = super.stats();
    return { ...stats, sent: this.#sent, pending: stats.sent - this.#sent };
  }

  override release(id: SeriesId): void {
    super.release(id, false);
  }
}

const capabilities: Capabilities = {
  kinds: { counter: 'counter', gauge: 'gauge', timing: 'timing', distribution: 'distribution', set: 'gauge' },
  tags: 'kept',
  instance: 'field',
  sampled: [],
  timestamps: false,
  events: false,
  serviceChecks: false,
  monotonic: true,
  cumulative: true,
};

export function pulledSubject(Backend: new () => PulledBackend = PulledBackend): BackendUnderTest {
  return {
    capabilities,
    create: () => {
      const backend = new Backend();
      return { backend, delivered: () => ({ samples: backend.read() }) };
    },
  };
}

export const cumulativeSubject: BackendUnderTest = {
  capabilities,
  create: () => {
    const backend = new CumulativeBackend();
    return { backend, delivered: () => ({ samples: backend.arrived }) };
  },
};
