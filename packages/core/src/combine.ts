// Fan-out: one backend that passes every sample to several ones.
import { sumStats } from './engine/sum-stats.js';
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
import { checkOptionTypes } from './options/option-checks.js';

/** A backend that gets only some metrics, by key or pattern: `include: ['checkout.*']`. */
export interface FilteredBackend {
  readonly backend: MetricsBackend;
  readonly include?: readonly string[] | undefined;
}

/**
 * Returns a backend that passes every sample to several ones: for dual writing during a migration, or a local history next to
 * a server. A backend that fails never affects another. `stats()` adds up all of them, so a sample that two accept counts twice.
 */
export function combine(...backends: (MetricsBackend | FilteredBackend)[]): MetricsBackend {
  return new CombinedBackend(backends.map(toTarget));
}

function toTarget(given: MetricsBackend | FilteredBackend): FilteredBackend {
  const target = isBackend(given) ? { backend: given } : given;
  if (!isBackend(target?.backend)) throw new TypeError('combine() takes backends, or { backend, include }.');
  if (target.backend.closed) throw new Error('combine() cannot open a closed backend again: create another one.');
  checkOptionTypes<FilteredBackend>('combine()', target, { backend: 'object', include: 'array' });
  return target;
}

function isBackend(value: unknown): value is MetricsBackend {
  return typeof (value as MetricsBackend | undefined)?.open === 'function';
}

/** @internal `tap` also uses it, to pass samples to the backend and to a test tool. */
export class CombinedBackend implements MetricsBackend {
  readonly discards: boolean;
  readonly replaceable: boolean;
  readonly event?: (event: MetricsEvent) => void;
  readonly serviceCheck?: (check: ServiceCheck) => void;
  /** Absent if no backend has timestamps, so that the facade reports it. */
  recordAt?: (id: SeriesId, value: number, epochSeconds: number) => void;
  readonly #targets: readonly {
    backend: MetricsBackend;
    include?: readonly string[] | undefined;
    excluded: Set<SeriesId>;
  }[];
  /** By series id, for backends without timestamps, which record such samples as of now. */
  readonly #kinds: MetricKind[];
  #host: Pick<BackendHost, 'report'> | undefined;

  /** @param kinds the kinds of series that are open at the backends already, by id; `open` adds to it. */
  constructor(targets: readonly FilteredBackend[], host?: Pick<BackendHost, 'report'>, kinds: MetricKind[] = []) {
    this.#host = host;
    this.#kinds = kinds;
    this.#targets = targets.map((target) => ({ ...target, excluded: new Set<SeriesId>() }));
    this.discards = targets.every(({ backend }) => backend.discards);
    this.replaceable = targets.every(({ backend }) => backend.replaceable);
    if (targets.some(({ backend }) => backend.event))
      this.event = (event) => this.#forEach((backend) => backend.event?.(event));
    if (targets.some(({ backend }) => backend.serviceCheck))
      this.serviceCheck = (check) => this.#forEach((backend) => backend.serviceCheck?.(check));
    if (targets.some(({ backend }) => backend.recordAt)) this.recordAt = (...sample) => this.#recordAt(...sample);
  }

  get closed(): boolean {
    return this.#targets.some(({ backend }) => backend.closed);
  }

  start(host: BackendHost): void {
    this.#host = host;
    this.#forEach((backend) => backend.start?.(host));
  }

  open(id: SeriesId, series: Series): void {
    this.#kinds[id] = series.kind;
    for (const { include, excluded } of this.#targets)
      if (include !== undefined && !matchesAny(include, series.key)) excluded.add(id);
    this.#forEach((backend) => backend.open(id, series), id);
  }

  release(id: SeriesId, ended: boolean): void {
    this.#forEach((backend) => backend.release(id, ended), id);
    for (const { excluded } of this.#targets) excluded.delete(id);
  }

  // Each verb has its own loop: a closure per sample would cost more than the sample.

  incr(id: SeriesId, amount: number, sampleRate: number): void {
    for (const { backend, excluded } of this.#targets)
      if (excluded.size === 0 || !excluded.has(id))
        try {
          backend.incr(id, amount, sampleRate);
        } catch (error) {
          this.#failed(error);
        }
  }

  gauge(id: SeriesId, value: number): void {
    for (const { backend, excluded } of this.#targets)
      if (excluded.size === 0 || !excluded.has(id))
        try {
          backend.gauge(id, value);
        } catch (error) {
          this.#failed(error);
        }
  }

  timing(id: SeriesId, milliseconds: number, sampleRate: number): void {
    for (const { backend, excluded } of this.#targets)
      if (excluded.size === 0 || !excluded.has(id))
        try {
          backend.timing(id, milliseconds, sampleRate);
        } catch (error) {
          this.#failed(error);
        }
  }

  distribution(id: SeriesId, value: number, sampleRate: number): void {
    for (const { backend, excluded } of this.#targets)
      if (excluded.size === 0 || !excluded.has(id))
        try {
          backend.distribution(id, value, sampleRate);
        } catch (error) {
          this.#failed(error);
        }
  }

  set(id: SeriesId, member: string): void {
    for (const { backend, excluded } of this.#targets)
      if (excluded.size === 0 || !excluded.has(id))
        try {
          backend.set(id, member);
        } catch (error) {
          this.#failed(error);
        }
  }

  #recordAt(id: SeriesId, value: number, epochSeconds: number): void {
    this.#forEach((backend) => {
      if (backend.recordAt) backend.recordAt(id, value, epochSeconds);
      else if (this.#kinds[id] === 'gauge') backend.gauge(id, value);
      else backend.incr(id, value, 1);
    }, id);
  }

  async flush(): Promise<void> {
    await this.#forEachAsync((backend) => backend.flush());
  }

  flushSync(): void {
    this.#forEach((backend) => backend.flushSync?.());
  }

  async close(options: { readonly timeout: number }): Promise<void> {
    await this.#forEachAsync((backend) => backend.close(options));
  }

  stats(): BackendStats {
    return sumStats(this.#targets.map(({ backend }) => backend));
  }

  /** Calls the backends that get the series. Synchronous: thousands of series may open and close in one turn of the event loop. */
  #forEach(call: (backend: MetricsBackend) => void, id: SeriesId = -1): void {
    for (const { backend, excluded } of this.#targets)
      try {
        if (!excluded.has(id)) call(backend);
      } catch (error) {
        this.#failed(error);
      }
  }

  /** Resolves when all calls did. Reports each failure, synchronous or not. */
  async #forEachAsync(call: (backend: MetricsBackend) => Promise<void>): Promise<void> {
    await Promise.all(
      this.#targets.map(async ({ backend }) => {
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
