import { CardinalityGuard } from '../cardinality/cardinality-guard.js';
import { cardinalityMode } from '../cardinality/cardinality-options.js';
import { CombinedBackend } from '../combine.js';
import type { MetricKind, MetricsBackend, SeriesId } from '../metrics-backend.js';
import { matchesAny } from '../options/name-pattern.js';
import { describeValue } from '../problems/describe-value.js';
import { MetricsError } from '../problems/metrics-error.js';
import type { Problem, ProblemCode } from '../problems/problem.js';
import { ProblemReporter } from '../problems/problem-reporter.js';
import { flatCopy } from '../series/interning.js';
import type { Family } from '../series/metric-family.js';
import { SeriesRegistry } from '../series/series-registry.js';
import { NOT_FOUND } from '../series/tag-trie.js';
import type { CanonicalTags } from '../series/tags.js';
import { NOTHING, type Use } from './active-backend.js';
import type { ContextTags } from './context-tags.js';
import { accepts } from './emit.js';
import { IdleSweep } from './idle-sweep.js';

/** Listens in on every sample, beside the backend, in the caller's async context. For test tools. */
export interface MetricsTap {
  /** Gets `open` for every series that is open already, then what the real backend gets. */
  readonly backend: MetricsBackend;
  /** Called at once for every single problem. */
  readonly onProblem?: ((problem: Problem) => void) | undefined;
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
  discarding!: boolean;
  /** What recorders call: the backend in use, with the taps while there are any. */
  backend!: MetricsBackend;
  series!: SeriesRegistry;
  /** Decides whether a new series may be opened; none in mode `off`. */
  guard: CardinalityGuard | undefined;
  /** The default sampling rate. */
  sampleRate!: number;
  use!: Use;
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
  readonly families: Map<string, Family> = new Map();
  readonly #familyList: Family[] = [];
  readonly #freeFamilies: number[] = [];
  readonly #taps = new Set<MetricsTap>();
  readonly problems: ProblemReporter = new ProblemReporter(this.#taps);
  readonly #sweep: IdleSweep = new IdleSweep(this);
  #denied: readonly string[] = [];
  #strict = false;

  constructor() {
    this.put(NOTHING);
  }

  put(use: Use): void {
    const { backend, options } = use;
    this.use = use;
    this.#strict = options.strict === true;
    this.sampleRate = options.sampleRate ?? 1;
    this.problems.handler = options.onError;
    this.#denied = [...(options.deny ?? []), ...(globalThis.process?.env?.['METRICS_DENY']?.split(',') ?? [])];
    this.series = new SeriesRegistry(this.#familyList, options.prefix ?? '');
    const mode = cardinalityMode(options);
    this.guard =
      mode === 'off'
        ? undefined
        : new CardinalityGuard(mode, options.cardinality ?? {}, this.series, (...told) => this.quietTell(...told));
    this.#sweep.restart(backend.discards ? 0 : (options.cardinality?.idleAfter ?? 600_000));
    this.#connect();
  }

  tap(tap: MetricsTap): () => void {
    this.series.forEach((id) => tap.backend.open(id, this.series.describe(id)));
    this.#taps.add(tap);
    this.#connect();
    return () => {
      this.#taps.delete(tap);
      this.#connect();
    };
  }

  /** Puts the taps between the recorders and the backend, or takes them away; ids stay as they are. */
  #connect(): void {
    const { backend } = this.use;
    this.backend = backend;
    if (this.#taps.size > 0) {
      const combined = new CombinedBackend([{ backend }, ...this.#taps], this.problems);
      this.series.forEach((id) => combined.adopt(id, this.series.describe(id).kind));
      this.backend = combined;
    }
    this.discarding = backend.discards === true && this.#taps.size === 0 && !this.#strict;
    if (this.discarding) this.series.clear();
    this.invalidate();
  }

  /** Makes every remembered id void. */
  invalidate(): void {
    this.generation += 1;
    this.paths = 0;
  }

  /** Opens a series, here and at the backend. */
  open(family: Family, tags: CanonicalTags): SeriesId {
    const { series } = this;
    const id = series.open(family, tags);
    this.guard?.opened(family, tags);
    this.backend.open(id, series.describe(id));
    return id;
  }

  release(id: SeriesId): void {
    const { series } = this;
    this.guard?.released(series.family(id), series.describe(id));
    series.release(id);
    this.guarded(() => this.backend.release(id));
  }

  /** After a sweep: metrics without series are forgotten, and what found no place may ask for one again. */
  swept(): void {
    if (this.guard === undefined) return;
    for (const [key, family] of this.families) {
      if (this.guard.isInUse(family) || family.declared !== undefined) continue;
      this.families.delete(key);
      this.#freeFamilies.push(family.id);
    }
    this.invalidate();
  }

  /** The family of a key, created by the first that asks; `undefined` where there are too many. */
  family(key: string, kind: MetricKind, unit: string | undefined, internal: boolean): Family | undefined {
    let family = this.families.get(key);
    if (family === undefined && (this.guard?.admitsMetric(this.families.size) ?? true)) {
      const id = this.#freeFamilies.pop() ?? this.#familyList.length;
      family = { id, key: flatCopy(key), kind, unit, internal, declared: undefined };
      this.families.set(family.key, family);
      this.#familyList[id] = family;
    }
    return family;
  }

  isDenied(key: string): boolean {
    return matchesAny(this.#denied, key);
  }

  /** The share of samples to keep, or 0 where this one is left out, or dropped for its value or its rate. */
  admit(kind: MetricKind, key: string, value: unknown, rate: number): number {
    return rate === 1 && accepts(kind, value) ? 1 : this.#weigh(kind, key, value, rate);
  }

  /** The rarer part of {@link admit}. */
  #weigh(kind: MetricKind, key: string, value: unknown, rate: number): number {
    if (!accepts(kind, value)) {
      const message = 'Values are finite numbers, timings are not negative, members of sets are strings.';
      this.drop('invalid_value', key, message, { value });
      return 0;
    }
    if (kind === 'gauge' || kind === 'set') return 1;
    if (typeof rate === 'number' && rate > 0) return rate < 1 ? rate : 1;
    if (rate === 0) this.sampledOut += 1;
    else this.drop('invalid_sample_rate', key, 'A sample rate is from 0 to 1.', { value: rate });
    return 0;
  }

  count(reason: string): void {
    this.dropped[reason] = (this.dropped[reason] ?? 0) + 1;
  }

  /** A sample is lost, and told. Answers {@link NOT_FOUND}; throws in strict mode. */
  drop(code: ProblemCode, metric: unknown, message: string, detail?: Detail): typeof NOT_FOUND {
    this.count(code);
    this.tell(code, metric, message, detail);
    return NOT_FOUND;
  }

  /** Reports a problem; throws in strict mode. */
  tell(code: ProblemCode, metric: unknown, message: string, detail?: Detail): void {
    const problem = this.quietTell(code, metric, message, detail);
    if (this.#strict) throw new MetricsError(problem);
  }

  /** Reports a problem, in strict mode as well. */
  quietTell(code: ProblemCode, metric: unknown, message: string, detail: Detail = {}): Problem {
    const problem = {
      code,
      metric: typeof metric === 'string' ? metric.slice(0, 200) : undefined,
      count: 1,
      message,
      ...detail,
      value: 'value' in detail ? describeValue(detail.value) : undefined,
    };
    this.problems.report(problem);
    return problem;
  }

  /** The end of every recording method: nothing but a strict mode's own error gets through. */
  caught(cause: unknown, metric: unknown): void {
    if (cause instanceof MetricsError) throw cause;
    this.drop('recording_failed', metric, 'A getter of the tags, or the backend, threw. See the cause.', { cause });
  }

  /** Runs what a backend provides; a failure is reported. */
  guarded(action: () => void): void {
    try {
      action();
    } catch (cause) {
      this.#backendFailed(cause);
    }
  }

  /** The same for what takes its time. */
  async attempt(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (cause) {
      this.#backendFailed(cause);
    }
  }

  #backendFailed(cause: unknown): void {
    const message = 'A backend threw, which its contract forbids. See the cause.';
    this.quietTell('backend_failed', undefined, message, { cause });
  }
}

/** What a problem tells beside its code; the value as it is. */
interface Detail {
  readonly tag?: string;
  readonly value?: unknown;
  readonly count?: number;
  readonly cause?: unknown;
}
