import { CombinedBackend } from './combine.js';
import type { ContextTags } from './context-tags.js';
import { DummyMetricsBackend } from './dummy-metrics-backend.js';
import type { Family } from './family.js';
import { IdleSweep } from './idle-sweep.js';
import type { MetricKind, MetricsBackend, SeriesId } from './metrics-backend.js';
import { MetricsError } from './metrics-error.js';
import { matchesAny } from './name-pattern.js';
import type { Problem, ProblemCode } from './problem.js';
import { ProblemReporter } from './problem-reporter.js';
import type { RegisterOptions } from './registration.js';
import { SeriesRegistry } from './series-registry.js';
import { NOT_FOUND } from './tag-trie.js';
import { described } from './tags.js';

/** Listens in on every sample, beside the backend, in the caller's async context. For test tools. */
export interface MetricsTap {
  /** Gets `open` for every series that is open already, then what the real backend gets. */
  readonly backend: MetricsBackend;
  /** Called at once for every single problem. */
  readonly onProblem?: ((problem: Problem) => void) | undefined;
}

/** The backend in use and how it is used. */
export interface Use {
  readonly backend: MetricsBackend;
  readonly options: RegisterOptions;
  /** Register-time tags in canonical form. */
  readonly tags: ReadonlyMap<string, string>;
}

export const NOTHING: Use = /* @__PURE__ */ nothing();

function nothing(): Use {
  return { backend: new DummyMetricsBackend(), options: {}, tags: new Map() };
}

/**
 * What all recorders of one application share: the backend in use, the open series, the accounts.
 *
 * Caches of series ids (tries, instruments, handles) carry the {@link generation} they were filled in and are void when it
 * has moved on: after another backend was put to use, and before idle series are released. So no id is ever used after it
 * changed its meaning, whoever remembers it.
 */
export class Engine {
  generation = 0;
  /** Nothing listens: no cache becomes current, so every call takes its early way out. */
  discarding = true;
  /** What recorders call: the backend in use, with the taps while there are any. */
  backend: MetricsBackend = NOTHING.backend;
  series: SeriesRegistry;
  /** The default sampling rate. */
  sampleRate = 1;
  use: Use = NOTHING;
  context: ContextTags | undefined;
  /** Samples that came while nothing listened. */
  discarded = 0;
  /** Samples with a rate of zero. */
  sampledOut = 0;
  /** Tag paths remembered by the tries of this generation. */
  paths = 0;
  /** Gauges that are read when a flush begins. */
  readonly observers: Set<() => void> = new Set();
  readonly dropped: Record<string, number> = {};
  readonly problems: ProblemReporter = new ProblemReporter();
  readonly #families = new Map<string, Family>();
  readonly #familyList: Family[] = [];
  readonly #taps = new Set<MetricsTap>();
  readonly #sweep: IdleSweep = new IdleSweep(this);
  #denied: readonly string[] = [];

  constructor() {
    this.series = new SeriesRegistry(this.#familyList, '');
  }

  put(use: Use): void {
    const { backend, options } = use;
    this.use = use;
    this.sampleRate = options.sampleRate ?? 1;
    this.problems.handler = options.onError;
    this.#denied = [...(options.deny ?? []), ...(globalThis.process?.env?.['METRICS_DENY']?.split(',') ?? [])];
    this.series = new SeriesRegistry(this.#familyList, options.prefix ?? '');
    this.#sweep.restart(backend.discards ? 0 : (options.cardinality?.idleAfter ?? 600_000));
    this.#connect();
  }

  tap(tap: MetricsTap): () => void {
    this.series.forEach((id) => tap.backend.open(id, this.series.describe(id)));
    this.#taps.add(tap);
    if (tap.onProblem) this.problems.listeners.add(tap.onProblem);
    this.#connect();
    return () => {
      this.#taps.delete(tap);
      if (tap.onProblem) this.problems.listeners.delete(tap.onProblem);
      this.#connect();
    };
  }

  get strict(): boolean {
    return this.use.options.strict === true;
  }

  /** Puts the taps between the recorders and the backend, or takes them away; ids stay as they are. */
  #connect(): void {
    const { backend } = this.use;
    this.backend = backend;
    if (this.#taps.size > 0) {
      const combined = new CombinedBackend([{ backend }, ...this.#taps]);
      this.series.forEach((id) => combined.adopt(id, this.series.describe(id).kind));
      this.backend = combined;
    }
    this.discarding = backend.discards === true && this.#taps.size === 0 && !this.strict;
    if (this.discarding) this.series = new SeriesRegistry(this.#familyList, this.series.prefix);
    this.invalidate();
  }

  /** Makes every remembered id void. */
  invalidate(): void {
    this.generation += 1;
    this.paths = 0;
  }

  release(id: SeriesId): void {
    this.series.release(id);
    this.attempt(() => this.backend.release(id));
  }

  /** The family of a key, created by the first that asks. */
  family(key: string, kind: MetricKind, unit: string | undefined, internal: boolean): Family {
    let family = this.#families.get(key);
    if (family === undefined) {
      family = { id: this.#familyList.length, key, kind, unit, internal, declared: undefined };
      this.#families.set(key, family);
      this.#familyList.push(family);
    }
    return family;
  }

  isDenied(key: string): boolean {
    return matchesAny(this.#denied, key);
  }

  /** A sample is lost, and told. Answers {@link NOT_FOUND}; throws in strict mode. */
  drop(code: ProblemCode, metric: unknown, remedy: string, detail?: Partial<Problem>): typeof NOT_FOUND {
    this.count(code);
    this.tell(code, metric, remedy, detail);
    return NOT_FOUND;
  }

  /** A value that is no finite number, a negative timing, or no member of a set. */
  refuse(metric: string, value: unknown): void {
    const remedy = 'Values are finite numbers, timings are not negative, members of sets are strings.';
    this.drop('invalid_value', metric, remedy, { value: described(value) });
  }

  count(reason: string): void {
    this.dropped[reason] = (this.dropped[reason] ?? 0) + 1;
  }

  /** Tells a problem; throws in strict mode. */
  tell(code: ProblemCode, metric: unknown, remedy: string, detail?: Partial<Problem>): void {
    const problem = {
      code,
      metric: typeof metric === 'string' ? metric.slice(0, 200) : undefined,
      count: 1,
      remedy,
      ...detail,
    };
    this.problems.report(problem);
    if (this.strict) throw new MetricsError(problem);
  }

  /** The end of every recording method: nothing but a strict mode's own error gets through. */
  caught(error: unknown, metric: unknown): void {
    if (error instanceof MetricsError) throw error;
    this.drop('recording_failed', metric, 'A getter of the tags, or the backend, threw. See the cause.', {
      cause: error,
    });
  }

  /** Runs what a backend or an application provides, reporting instead of throwing. */
  attempt(action: () => unknown): void {
    try {
      action();
    } catch (error) {
      this.failed(error);
    }
  }

  failed(cause: unknown): void {
    this.problems.report({
      code: 'backend_failed',
      count: 1,
      remedy: 'The backend threw, which its contract forbids.',
      cause,
    });
  }
}
