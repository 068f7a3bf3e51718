import { CardinalityGuard } from '../cardinality/cardinality-guard.js';
import type { MetricKind, MetricsBackend, SeriesId } from '../metrics-backend.js';
import { describeValue } from '../problems/describe-value.js';
import { MetricsError } from '../problems/metrics-error.js';
import type { Problem, ProblemCode } from '../problems/problem.js';
import { ProblemReporter } from '../problems/problem-reporter.js';
import { readVariable } from '../runtime.js';
import { flatCopy } from '../series/interning.js';
import type { MetricFamily } from '../series/metric-family.js';
import { createSeries, SeriesRegistry } from '../series/series-registry.js';
import { NOT_FOUND, WOULD_MERGE } from '../series/series-result.js';
import type { TagDraft } from '../series/tag-draft.js';
import type { NormalizedTags } from '../series/tags.js';
import { type ActiveBackend, NO_BACKEND } from './active-backend.js';
import type { ContextTags } from './context-tags.js';
import { Gauges } from './gauges.js';
import { IdleSweep } from './idle-sweep.js';
import type { Interceptor } from './interceptor.js';

/**
 * The state that all recorders of one application share: the active backend, the open series, the counts.
 *
 * Caches of series ids (tries, instruments, handles) carry the {@link generation} in which they were filled and are void in
 * any later one. A generation ends when another backend becomes active, and before idle series are released. So no cache
 * returns an id that has changed its meaning.
 */
export class Engine {
  generation = 0;
  /**
   * Equal to {@link generation} while every call is recorded without a draw and without context tags, otherwise -1: the short
   * ways of recording compare this number alone.
   */
  plainGeneration = -1;
  /** {@link SeriesRegistry.recentlyUsed} of the open series. */
  recentlyUsed!: Uint8Array;
  /** True if nothing receives samples: no cache is ever current, so every call returns early. */
  discarding!: boolean;
  /** The backend that recorders call: the active one, wrapped by the interceptors if there are any. */
  backend!: MetricsBackend;
  series!: SeriesRegistry;
  /** Decides whether a new series may be opened; `undefined` in mode `off`. */
  guard: CardinalityGuard | undefined;
  /** Patterns of the metrics that are switched off. */
  denied!: readonly string[];
  /** Prepended to every key. */
  prefix!: string;
  /** Tags of every series, which became known after the registration. They stay for the next one. */
  tags: NormalizedTags = new Map();
  /** The sampling rate of calls that set none. */
  sampleRate!: number;
  active!: ActiveBackend;
  /** The context tags; `undefined` until the application uses them. */
  context: ContextTags | undefined;
  /** Samples recorded while {@link discarding}. */
  discarded = 0;
  /** Samples skipped because their rate was zero. */
  sampledOut = 0;
  /** Tag paths in all tries of this generation. */
  cachedPaths = 0;
  /** The draft of the last new series, for the next one. */
  spareDraft: TagDraft | undefined;
  readonly gauges: Gauges = new Gauges(this);
  readonly dropped: Record<string, number> = {};
  readonly families: Map<string, MetricFamily> = new Map();
  readonly #familyList: MetricFamily[] = [];
  readonly #freeFamilies: number[] = [];
  readonly #interceptors = new Set<Interceptor>();
  readonly problems: ProblemReporter = new ProblemReporter(this.#interceptors);
  readonly #sweep: IdleSweep = new IdleSweep(this);
  /** True while strict mode only reports; see {@link leniently}. */
  isLenient = false;
  #strict = false;
  /** False while code runs that records no sample, such as `child`, so that nothing counts as dropped. */
  #hasSample = true;

  constructor() {
    this.activate(NO_BACKEND);
  }

  activate(active: ActiveBackend): void {
    const { backend, options, rules } = active;
    this.active = active;
    this.#strict = options.strict === true;
    this.sampleRate = options.sampleRate ?? 1;
    this.problems.handler = options.onError;
    const denied = readVariable('METRICS_DENY') ?? '';
    // Spaces after commas, and quotes that a shell would have removed.
    const names = denied.split(',').map((name) => name.replace(/['"]/g, '').trim());
    this.denied = [...(options.deny ?? []), ...names.filter(Boolean)];
    this.prefix = options.prefix ?? '';
    for (const family of this.families.values()) family.name = this.prefix + family.key;
    this.series = new SeriesRegistry(this.#familyList);
    this.gauges.restart();
    this.guard = rules.mode === 'off' ? undefined : new CardinalityGuard(rules, this.series, this);
    this.#sweep.restart(backend.discards ? 0 : rules.idleAfter);
    this.#rebuildBackend();
  }

  /** Takes context tags into use. */
  useContext(context: ContextTags): ContextTags {
    this.context = context;
    this.plainGeneration = -1;
    return context;
  }

  /** Adds an interceptor of all samples. Returns a function that removes it. */
  intercept(interceptor: Interceptor): () => void {
    const { series } = this;
    series.forEach((id) => interceptor.open(id, series.toSeries(id)));
    this.#interceptors.add(interceptor);
    this.#rebuildBackend();
    return () => {
      this.#interceptors.delete(interceptor);
      this.#rebuildBackend();
    };
  }

  /** Wraps the active backend in the interceptors. Ids keep their meaning. */
  #rebuildBackend(): void {
    const { backend } = this.active;
    this.backend = backend;
    for (const interceptor of this.#interceptors) this.backend = interceptor.wrap(this.backend, this.problems);
    this.discarding = backend.discards === true && this.#interceptors.size === 0 && !this.#strict;
    if (this.discarding) {
      this.series.forEach((id) => this.series.release(id));
      this.gauges.restart();
      if (this.guard) this.guard.metrics.length = 0;
    }
    this.invalidate();
  }

  /** Voids every cached id. */
  invalidate(): void {
    this.generation += 1;
    this.cachedPaths = 0;
    this.recentlyUsed = this.series.recentlyUsed;
    this.plainGeneration = this.sampleRate === 1 && this.context === undefined ? this.generation : -1;
  }

  /** Opens a series in the registry and at the backend, and returns its id. */
  open(family: MetricFamily, draft: TagDraft): SeriesId {
    const id = this.series.open(family, draft);
    this.recentlyUsed = this.series.recentlyUsed;
    this.guard?.countSeries(family, draft, 1);
    this.backend.open(id, createSeries(family, draft));
    return id;
  }

  /** Releases a series, which is idle or has ended. Cached ids are void already. */
  release(id: SeriesId, ended = false): void {
    const { series } = this;
    this.guard?.countSeries(series.family(id), series.tagsOf(id), -1);
    series.release(id);
    this.gauges.forget(id);
    // A sweep under way must not release the id once more.
    this.recentlyUsed[id] = 1;
    this.callBackend(() => this.backend.release(id, ended));
  }

  /** Adds tags to every series from now on. The open ones end: none of them gets another sample. */
  addTags(tags: NormalizedTags): void {
    this.tags = new Map([...this.tags, ...tags]);
    const open: SeriesId[] = [];
    this.series.forEach((id) => open.push(id));
    this.end(open);
    this.invalidate();
  }

  /** Ends series that their observer no longer sets. */
  end(ids: readonly SeriesId[]): void {
    const { series } = this;
    if (ids.length > 0) this.invalidate();
    // `release` may throw, and the handler of problems may register another backend.
    for (const id of ids) if (this.series === series && series.rows.has(id)) this.release(id, true);
  }

  /** Forgets undeclared metrics without series, and all cached ids: what the guard rejected may now have room. */
  forgetUnusedMetrics(): void {
    if (this.guard === undefined) return;
    for (const [key, family] of this.families) {
      if (this.guard.isInUse(family) || family.declaredTags !== undefined) continue;
      this.families.delete(key);
      this.#freeFamilies.push(family.id);
    }
    this.invalidate();
  }

  /** Returns the family of a key, whose first caller sets its kind and unit; `undefined` if there are too many metrics. */
  findOrAddFamily(
    key: string,
    kind: MetricKind,
    unit: string | undefined,
    internal: boolean,
  ): MetricFamily | undefined {
    let family = this.families.get(key);
    if (family === undefined && (this.guard?.hasRoomForMetric(this.families.size) ?? true)) {
      const id = this.#freeFamilies.pop() ?? this.#familyList.length;
      const ownKey = flatCopy(key);
      family = {
        id,
        key: ownKey,
        name: this.prefix + ownKey,
        kind,
        unit,
        internal,
        description: undefined,
        buckets: undefined,
        declaredTags: undefined,
        isTimed: false,
      };
      this.families.set(family.key, family);
      this.#familyList[id] = family;
    }
    return family;
  }

  /** Returns the share of samples to keep, or 0 if this one is skipped, or dropped for its value or its rate. */
  checkSample(kind: MetricKind, key: string, value: unknown, rate: number): number {
    return rate === 1 && Number.isFinite(value) && (kind !== 'timing' || (value as number) >= 0)
      ? 1
      : this.#checkUnusualSample(kind, key, value, rate);
  }

  #checkUnusualSample(kind: MetricKind, key: string, value: unknown, rate: number): number {
    const isValid = typeof value === 'string' ? kind === 'set' : Number.isFinite(value);
    if (!isValid || (kind === 'timing' && (value as number) < 0)) {
      const message = 'Values are finite numbers, timings are not negative, members of sets are strings.';
      this.drop('invalid_value', key, message, { value });
      return 0;
    }
    if (kind === 'gauge' || kind === 'set') return 1;
    if (typeof rate === 'number' && rate > 0) return rate < 1 ? rate : 1;
    if (rate === 0) this.sampledOut += 1;
    else this.drop('invalid_sample_rate', key, 'A sample rate is a number from 0 to 1.', { value: rate });
    return 0;
  }

  /** Passes a valid sample to the backend. Without its own series it was counted before, or is counted now. */
  deliver(kind: MetricKind, id: SeriesId, value: unknown, rate: number): void {
    if (id < 0) return id === WOULD_MERGE ? this.count('gauge_would_merge') : undefined;
    const { backend } = this;
    this.recentlyUsed[id] = 1;
    if (kind === 'counter') backend.incr(id, value as number, rate);
    else if (kind === 'gauge') this.deliverGauge(id, value as number);
    else if (kind === 'timing') backend.timing(id, value as number, rate);
    else if (kind === 'distribution') backend.distribution(id, value as number, rate);
    else backend.set(id, String(value));
  }

  /** Passes a valid value of a gauge to the backend. */
  deliverGauge(id: SeriesId, value: number): void {
    this.recentlyUsed[id] = 1;
    this.gauges.keep(id, value);
    this.backend.gauge(id, value);
  }

  /** Counts a dropped sample. */
  count(reason: string): void {
    if (this.#hasSample) this.dropped[reason] = (this.dropped[reason] ?? 0) + 1;
  }

  /** Counts and reports a dropped sample. Returns {@link NOT_FOUND}; throws in strict mode. */
  drop(code: ProblemCode, metric: unknown, message: string, details?: ProblemDetails): typeof NOT_FOUND {
    this.count(code);
    this.reportOrThrow(code, metric, message, details);
    return NOT_FOUND;
  }

  /** Reports a problem; throws it in strict mode. */
  reportOrThrow(code: ProblemCode, metric: unknown, message: string, details?: ProblemDetails): void {
    const problem = this.report(code, metric, message, details);
    if (this.#strict && !this.isLenient) throw new MetricsError(problem);
  }

  /** Reports a problem, also in strict mode. */
  report(code: ProblemCode, metric: unknown, message: string, details: ProblemDetails = {}): Problem {
    const problem = {
      code,
      metric: typeof metric === 'string' ? metric.slice(0, 200) : undefined,
      count: 1,
      message,
      ...details,
      value: 'value' in details ? describeValue(details.value) : undefined,
    };
    // The handler may record samples.
    const hasSample = this.#hasSample;
    this.#hasSample = true;
    this.problems.report(problem);
    this.#hasSample = hasSample;
    return problem;
  }

  /** Handles an error in a recording method. Rethrows only strict-mode errors. */
  recordingFailed(cause: unknown, metric: unknown): void {
    if (cause instanceof MetricsError) throw cause;
    this.drop('recording_failed', metric, 'A getter of the tags, or the backend, threw. See the cause.', { cause });
  }

  /**
   * Runs a recording that must not replace a result or an error of the application. Strict mode only reports meanwhile, so
   * that the sample is kept as in production. Errors of the recording were reported already.
   */
  leniently(record: () => void): void {
    const { isLenient } = this;
    this.isLenient = true;
    try {
      record();
    } catch {}
    this.isLenient = isLenient;
  }

  /** Runs code that records no sample: problems are reported, and nothing counts as dropped. */
  withoutSample(action: () => void): void {
    const hadSample = this.#hasSample;
    this.#hasSample = false;
    try {
      action();
    } finally {
      this.#hasSample = hadSample;
    }
  }

  /** Runs code of a backend; reports what it throws. */
  callBackend(action: () => void): void {
    try {
      action();
    } catch (cause) {
      this.#backendFailed(cause);
    }
  }

  /** Runs asynchronous code of a backend; reports what it throws or rejects with. */
  async callBackendAsync(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (cause) {
      this.#backendFailed(cause);
    }
  }

  #backendFailed(cause: unknown): void {
    const message = 'A backend threw, which its contract forbids. See the cause.';
    this.report('backend_failed', undefined, message, { cause });
  }
}

/** The optional fields of a problem; the value is described by {@link Engine.report}. */
interface ProblemDetails {
  readonly tag?: string;
  readonly value?: unknown;
  readonly count?: number;
  readonly cause?: unknown;
}
