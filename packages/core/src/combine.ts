import type {
  BackendHost,
  BackendStats,
  MetricKind,
  MetricsBackend,
  MetricsEvent,
  Series,
  SeriesId,
  ServiceCheck,
} from './metrics-backend.js';
import { matchesAny } from './options/name-pattern.js';

/** A member that takes only some metrics, by key or by its beginning: `include: ['checkout.*']`. */
export interface FilteredBackend {
  readonly backend: MetricsBackend;
  readonly include?: readonly string[] | undefined;
}

/**
 * Hands every sample to several backends: dual writing during a migration, or a local history beside the real thing.
 * A member that fails never affects another; `stats()` sums up the members, so a sample two of them took counts twice.
 */
export function combine(...members: (MetricsBackend | FilteredBackend)[]): MetricsBackend {
  return new CombinedBackend(members.map((member) => ('backend' in member ? member : { backend: member })));
}

/** @internal Also what stands between the recorders and the backend while a test listens in. */
export class CombinedBackend implements MetricsBackend {
  readonly discards: boolean;
  readonly replaceable: boolean;
  readonly event?: (event: MetricsEvent) => void;
  readonly serviceCheck?: (check: ServiceCheck) => void;
  readonly #members: readonly {
    backend: MetricsBackend;
    include?: readonly string[] | undefined;
    excluded: Set<SeriesId>;
  }[];
  /** For members without timestamps, which get such samples as if they were of now. */
  readonly #kinds: MetricKind[] = [];
  #host: Pick<BackendHost, 'report'> | undefined;

  constructor(members: readonly FilteredBackend[], host?: Pick<BackendHost, 'report'>) {
    this.#host = host;
    this.#members = members.map((member) => ({ ...member, excluded: new Set<SeriesId>() }));
    this.discards = members.every(({ backend }) => backend.discards);
    this.replaceable = members.every(({ backend }) => backend.replaceable);
    if (members.some(({ backend }) => backend.event))
      this.event = (event) => this.#each((backend) => backend.event?.(event));
    if (members.some(({ backend }) => backend.serviceCheck))
      this.serviceCheck = (check) => this.#each((backend) => backend.serviceCheck?.(check));
  }

  start(host: BackendHost): void {
    this.#host = host;
    this.#each((backend) => backend.start?.(host));
  }

  /** Takes over a series that is open at its members already. */
  adopt(id: SeriesId, kind: MetricKind): void {
    this.#kinds[id] = kind;
  }

  open(id: SeriesId, series: Series): void {
    this.adopt(id, series.kind);
    for (const { include, excluded } of this.#members)
      if (include !== undefined && !matchesAny(include, series.key)) excluded.add(id);
    this.#each((backend) => backend.open(id, series), id);
  }

  release(id: SeriesId): void {
    this.#each((backend) => backend.release(id), id);
    for (const { excluded } of this.#members) excluded.delete(id);
  }

  // The verbs are written out: a closure for each sample would cost more than the sample.

  incr(id: SeriesId, amount: number, sampleRate: number): void {
    for (const { backend, excluded } of this.#members)
      if (excluded.size === 0 || !excluded.has(id))
        try {
          backend.incr(id, amount, sampleRate);
        } catch (error) {
          this.#failed(error);
        }
  }

  gauge(id: SeriesId, value: number): void {
    for (const { backend, excluded } of this.#members)
      if (excluded.size === 0 || !excluded.has(id))
        try {
          backend.gauge(id, value);
        } catch (error) {
          this.#failed(error);
        }
  }

  timing(id: SeriesId, milliseconds: number, sampleRate: number): void {
    for (const { backend, excluded } of this.#members)
      if (excluded.size === 0 || !excluded.has(id))
        try {
          backend.timing(id, milliseconds, sampleRate);
        } catch (error) {
          this.#failed(error);
        }
  }

  distribution(id: SeriesId, value: number, sampleRate: number): void {
    for (const { backend, excluded } of this.#members)
      if (excluded.size === 0 || !excluded.has(id))
        try {
          backend.distribution(id, value, sampleRate);
        } catch (error) {
          this.#failed(error);
        }
  }

  set(id: SeriesId, member: string): void {
    for (const { backend, excluded } of this.#members)
      if (excluded.size === 0 || !excluded.has(id))
        try {
          backend.set(id, member);
        } catch (error) {
          this.#failed(error);
        }
  }

  recordAt(id: SeriesId, value: number, epochSeconds: number): void {
    for (const { backend, excluded } of this.#members)
      if (excluded.size === 0 || !excluded.has(id))
        try {
          if (backend.recordAt) backend.recordAt(id, value, epochSeconds);
          else if (this.#kinds[id] === 'gauge') backend.gauge(id, value);
          else backend.incr(id, value, 1);
        } catch (error) {
          this.#failed(error);
        }
  }

  async flush(): Promise<void> {
    await this.#all((backend) => backend.flush());
  }

  flushSync(): void {
    this.#each((backend) => backend.flushSync?.());
  }

  async close(options: { readonly timeout: number }): Promise<void> {
    await this.#all((backend) => backend.close(options));
  }

  stats(): BackendStats {
    const sum = { accepted: 0, sent: 0, pending: 0, sampledOut: 0 };
    const dropped: Record<string, number> = {};
    this.#each((backend) => {
      const stats = backend.stats();
      for (const field of ['accepted', 'sent', 'pending', 'sampledOut'] as const) sum[field] += stats[field];
      for (const [reason, count] of Object.entries(stats.dropped)) dropped[reason] = (dropped[reason] ?? 0) + count;
    });
    return { ...sum, dropped };
  }

  /** Calls the members that take the series. Synchronous: thousands of series may come and go in one turn of the loop. */
  #each(call: (backend: MetricsBackend) => void, id: SeriesId = -1): void {
    for (const { backend, excluded } of this.#members)
      try {
        if (!excluded.has(id)) call(backend);
      } catch (error) {
        this.#failed(error);
      }
  }

  /** Resolves when all members did; a failure is told, whether it comes at once or later. */
  async #all(call: (backend: MetricsBackend) => Promise<void>): Promise<void> {
    await Promise.all(
      this.#members.map(async ({ backend }) => {
        try {
          await call(backend);
        } catch (error) {
          this.#failed(error);
        }
      }),
    );
  }

  #failed(cause: unknown): void {
    this.#host?.report({
      code: 'backend_failed',
      count: 1,
      message: 'A backend threw, which its contract forbids. See the cause.',
      cause,
    });
  }
}
