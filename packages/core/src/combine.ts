// Fan-out: one backend that passes every sample to several ones.
import { sumStats } from './engine/sum-stats.js';
import { checkMember, type FilteredBackend, Target } from './filtered-backend.js';
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

/**
 * Returns a backend that passes every sample to several ones: for dual writing during a migration, or a local history
 * next to a server. A backend that fails never affects another. `stats()` adds up all of them, so a sample that two
 * accept counts twice.
 *
 * @throws {TypeError | RangeError} if a parameter is neither a backend nor a valid {@link FilteredBackend}.
 * @throws {Error} if a backend is closed.
 *
 * @example
 * ```ts
 * import { combine, metrics } from '@metrics/core';
 * import { LoggingBackend } from '@metrics/logging';
 * import { StatsdMetricsBackend } from '@metrics/statsd';
 *
 * const statsd = new StatsdMetricsBackend();
 * metrics.register(combine(statsd, { backend: new LoggingBackend(), include: ['checkout.*'] }));
 * metrics.incr('checkout.orders');
 * await metrics.close();
 * ```
 */
export function combine(...backends: (MetricsBackend | FilteredBackend)[]): MetricsBackend {
  return new CombinedBackend(backends.map(checkMember));
}

/** @internal `tap` also uses it, to pass samples to the backend and to a test tool. */
export class CombinedBackend implements MetricsBackend {
  readonly discards: boolean;
  readonly replaceable: boolean;
  readonly event?: (event: MetricsEvent) => void;
  readonly serviceCheck?: (check: ServiceCheck) => void;
  /** Absent if no backend has timestamps, so that the facade reports it. */
  recordAt?: (id: SeriesId, value: number, epochSeconds: number) => void;
  readonly #targets: readonly Target[];
  /** The registered prefix, which names of service checks have. */
  #prefix = '';
  /** By series id, for backends without timestamps, which record such samples as of now. */
  readonly #kinds: MetricKind[];
  #host: Pick<BackendHost, 'report'> | undefined;

  /** @param kinds the kinds of series that are open at the backends already, by id; `open` adds to it. */
  constructor(targets: readonly FilteredBackend[], host?: Pick<BackendHost, 'report'>, kinds: MetricKind[] = []) {
    this.#host = host;
    this.#kinds = kinds;
    this.#targets = targets.map((target) => new Target(target));
    this.discards = targets.every(({ backend }) => backend.discards);
    this.replaceable = targets.every(({ backend }) => backend.replaceable);
    if (targets.some(({ backend }) => backend.event))
      this.event = (event) => this.#forEachSelected(event.title, (backend) => backend.event?.(event));
    if (targets.some(({ backend }) => backend.serviceCheck))
      this.serviceCheck = (check) => this.#forEachSelected(check.name, (backend) => backend.serviceCheck?.(check));
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
    this.#prefix = series.name.slice(0, series.name.length - series.key.length);
    for (const target of this.#targets) if (!target.selects(series.key)) target.excluded.add(id);
    this.#forEach((backend) => backend.open(id, series), id);
  }

  release(id: SeriesId, ended: boolean): void {
    this.#forEach((backend) => backend.release(id, ended), id);
    for (const { excluded } of this.#targets) excluded.delete(id);
  }

  // Each verb has its own loop: a closure per sample would cost more than the sample.

  incr(id: SeriesId, amount: number, sampleRate: number): void {
    for (const target of this.#targets)
      if (target.takes(id))
        try {
          target.backend.incr(id, amount, sampleRate);
        } catch (error) {
          this.#failed(error);
        }
  }

  gauge(id: SeriesId, value: number): void {
    for (const target of this.#targets)
      if (target.takes(id))
        try {
          target.backend.gauge(id, value);
        } catch (error) {
          this.#failed(error);
        }
  }

  timing(id: SeriesId, milliseconds: number, sampleRate: number): void {
    for (const target of this.#targets)
      if (target.takes(id))
        try {
          target.backend.timing(id, milliseconds, sampleRate);
        } catch (error) {
          this.#failed(error);
        }
  }

  distribution(id: SeriesId, value: number, sampleRate: number): void {
    for (const target of this.#targets)
      if (target.takes(id))
        try {
          target.backend.distribution(id, value, sampleRate);
        } catch (error) {
          this.#failed(error);
        }
  }

  set(id: SeriesId, member: string): void {
    for (const target of this.#targets)
      if (target.takes(id))
        try {
          target.backend.set(id, member);
        } catch (error) {
          this.#failed(error);
        }
  }

  #recordAt(id: SeriesId, value: number, epochSeconds: number): void {
    for (const target of this.#targets)
      if (target.takes(id))
        this.#call(target, (backend) => {
          if (backend.recordAt) backend.recordAt(id, value, epochSeconds);
          else if (this.#kinds[id] === 'gauge') backend.gauge(id, value);
          else backend.incr(id, value, 1);
        });
  }

  /** Passes an event or a service check on. */
  #forEachSelected(name: string, call: (backend: MetricsBackend) => void): void {
    const key = name.startsWith(this.#prefix) ? name.slice(this.#prefix.length) : name;
    for (const target of this.#targets)
      if ((target.selects(name) || target.selects(key)) && target.draws()) this.#call(target, call);
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
    const sum = sumStats(this.#targets.map(({ backend }) => backend));
    return { ...sum, sampledOut: this.#targets.reduce((count, target) => count + target.sampledOut, sum.sampledOut) };
  }

  /** Calls the backends that get the series. Synchronous: thousands of series may open and close in one turn of the event loop. */
  #forEach(call: (backend: MetricsBackend) => void, id: SeriesId = -1): void {
    for (const target of this.#targets) if (!target.excluded.has(id)) this.#call(target, call);
  }

  #call({ backend }: Target, call: (backend: MetricsBackend) => void): void {
    try {
      call(backend);
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
