// The implementation of `Metrics`: each method checks its arguments and delegates to its scope or to the lifecycle.
import type AsyncHooks from 'node:async_hooks';
import { type CardinalityReport, cardinalityReport } from '../cardinality/cardinality-report.js';
import { ContextTags } from '../engine/context-tags.js';
import { Engine } from '../engine/engine.js';
import type { Interceptable, Interceptor } from '../engine/interceptor.js';
import { Lifecycle } from '../engine/lifecycle.js';
import type { CloseOptions, RegisterOptions, Registration } from '../engine/registration.js';
import type { MetricKind, MetricsBackend, SeriesId } from '../metrics-backend.js';
import { nodeProcess } from '../runtime.js';
import type { TagLists } from '../series/metric-family.js';
import { TagDraft, tagPairs } from '../series/tag-draft.js';
import {
  type MetricOptions,
  type NormalizedTags,
  type RecordOptions,
  TAG_SEPARATOR,
  type Tags,
  tagKeys,
} from '../series/tags.js';
import { bindLazily, bindMethods } from './bind-methods.js';
import { DeclaredInstrument } from './declared-instrument.js';
import type {
  Counter,
  Distribution,
  Gauge,
  GaugeDefinition,
  InstrumentDefinition,
  SetInstrument,
  TimerDefinition,
  Timing,
} from './instrument.js';
import type { ChildOptions, EventOptions, Metrics, MetricsStats, ServiceCheckOptions } from './metrics.js';
import { readTags } from './read-tags.js';
import { recordEvent } from './record-event.js';
import { Scope } from './scope.js';
import {
  copyProperties,
  copyTags,
  sampleOptions,
  splitArguments,
  startTimer,
  type TimedFunction,
  type Timer,
  type TimerOptions,
  timeCall,
  wrapFunction,
} from './timer.js';

/** Children that are remembered, so that equal ones are one object and share their caches. */
const MAX_CHILDREN = 1000;

/** A larger timestamp is not in seconds but in milliseconds. */
const MAX_TIMESTAMP_SECONDS = 1e11;

/** The root of an application's metrics, or a child: the verbs over a scope. */
export class MetricsFacade implements Metrics, Interceptable {
  readonly #scope: Scope;
  readonly #engine: Engine;
  readonly #lifecycle: Lifecycle;
  readonly #children = new Map<string, MetricsFacade>();
  readonly #instruments = new Map<string, DeclaredInstrument>();

  constructor(
    scope: Scope = new Scope(new Engine(), '', new Map()),
    lifecycle: Lifecycle = new Lifecycle(scope.engine),
  ) {
    this.#scope = scope;
    this.#engine = scope.engine;
    this.#lifecycle = lifecycle;
    // Test tools look for the methods of the root among its properties. Children may be as many as requests.
    if (scope.prefix === '' && scope.tags.size === 0) bindMethods(this, MetricsFacade.prototype);
    else bindLazily(this, MetricsFacade.prototype);
  }

  register(backend: MetricsBackend, options: RegisterOptions = {}): Registration {
    return this.#lifecycle.register(backend, options, this.#readTagsSafely(options?.tags, 'register'));
  }

  incr(key: string, amountOrOptions?: number | MetricOptions, options?: MetricOptions): void {
    if (amountOrOptions === undefined && arguments.length !== 2)
      this.#record('counter', key, 1, options, arguments.length > 3);
    else if (typeof amountOrOptions !== 'object' || amountOrOptions === null)
      this.#record('counter', key, amountOrOptions, options, arguments.length > 3);
    else this.#record('counter', key, 1, amountOrOptions, options !== undefined);
  }

  gauge(key: string, value: number, options?: MetricOptions): void {
    this.#record('gauge', key, value, options, arguments.length > 3);
  }

  timing(key: string, milliseconds: number, options?: RecordOptions): void {
    this.#record('timing', key, milliseconds, options, arguments.length > 3);
  }

  distribution(key: string, value: number, options?: RecordOptions): void {
    this.#record('distribution', key, value, options, arguments.length > 3);
  }

  set(key: string, member: string | number, options?: RecordOptions): void {
    this.#record('set', key, member, options, arguments.length > 3);
  }

  /** Records a sample of any kind. A function for each kind would not be faster: the branches are constant for a caller. */
  #record(
    kind: MetricKind,
    key: string,
    value: unknown,
    options: MetricOptions | undefined,
    isMisplaced: boolean,
  ): void {
    const scope = this.#scope;
    const engine = this.#engine;
    try {
      if (scope.generation !== engine.generation && !scope.refresh()) return;
      if (isMisplaced) return void scope.reportMisplaced(key);
      const rate = engine.checkSample(kind, key, value, options?.sampleRate ?? engine.sampleRate);
      if (rate === 0) return;
      const id = scope.findOrOpen(kind, key, options);
      if (options?.timestamp === undefined || id < 0) engine.deliver(kind, id, value, rate);
      else this.#recordAt(kind, id, key, value as number, options.timestamp, rate);
    } catch (error) {
      engine.recordingFailed(error, key);
    }
  }

  #recordAt(kind: MetricKind, id: SeriesId, key: string, value: number, timestamp: number, rate: number): void {
    const engine = this.#engine;
    const { backend } = engine;
    if (!(Number.isFinite(timestamp) && timestamp > 0 && timestamp < MAX_TIMESTAMP_SECONDS))
      engine.drop('invalid_timestamp', key, 'A timestamp is in seconds since the epoch.', { value: timestamp });
    else {
      const hasTimestamp = kind === 'counter' || kind === 'gauge';
      if (hasTimestamp && backend.recordAt) {
        engine.recentlyUsed[id] = 1;
        backend.recordAt(id, value, timestamp);
      } else engine.deliver(kind, id, value, rate);
      // A tap may have timestamps that the backend has not.
      if (hasTimestamp && engine.active.backend.recordAt) return;
      const message = 'This backend or kind has no timestamps; the sample counts as of now.';
      engine.reportOrThrow('timestamp_unsupported', key, message);
    }
  }

  event(event: EventOptions): void {
    recordEvent(this.#scope, 'event', event, event?.title);
  }

  serviceCheck(check: ServiceCheckOptions): void {
    recordEvent(this.#scope, 'serviceCheck', check, check?.name);
  }

  timer<Result>(
    key: string,
    optionsOrFn: TimerOptions | undefined | TimedFunction<Result>,
    fn?: TimedFunction<Result>,
  ): Result {
    const [options, timed] = splitArguments<TimerOptions, TimedFunction<Result>>(optionsOrFn, fn);
    return timeCall(this.#engine, options, timed, (milliseconds, tags) =>
      this.timing(key, milliseconds, sampleOptions(options, tags)),
    );
  }

  startTimer(key: string, options?: RecordOptions): Timer {
    return startTimer(this.#engine, (milliseconds, added) => {
      const tags = added && copyTags(options);
      if (!tags) return this.timing(key, milliseconds, options);
      // Tags that are invalid are passed on, which reports them.
      const all = copyTags({ tags: added }) ? Object.assign(tags, added) : added;
      this.timing(key, milliseconds, Object.assign(copyProperties(options), { tags: all }));
    });
  }

  wraps<Fn>(key: string, optionsOrFn: TimerOptions | undefined | Fn, fn?: Fn): Fn {
    const [options, wrapped] = splitArguments<TimerOptions, Fn>(optionsOrFn, fn);
    return wrapFunction(wrapped, (run) => this.timer(key, options, run));
  }

  // oxlint-disable-next-line typescript/no-explicit-any -- standard decorators get (target, context), legacy ones (target, name, descriptor)
  timed(key: string, options?: TimerOptions): (...decorated: any[]) => any {
    const wrap = <Fn>(fn: Fn): Fn => wrapFunction(fn, (run) => this.timer(key, options, run));
    return (target, context, descriptor) => {
      // The value of a field may be a function.
      if (context?.kind === 'field') return wrap;
      if (context?.kind === 'accessor') return { init: wrap };
      if (context === undefined || context.kind !== undefined) return wrap(target);
      const timed = { ...descriptor };
      for (const part of ['value', 'get', 'set']) if (timed[part]) timed[part] = wrap(timed[part]);
      return descriptor && timed;
    };
  }

  withTags<Result>(tags: Tags, fn: () => Result): Result {
    const context = this.#loadContext();
    return context ? context.run(this.#readTagsSafely(tags, 'withTags'), fn) : fn();
  }

  addTags(tags: Tags): void {
    const isAdded = this.#loadContext()?.add(this.#readTagsSafely(tags, 'addTags')) ?? true;
    if (!isAdded)
      this.#engine.report('no_context', undefined, 'addTags() adds to the enclosing withTags(), but there is none.');
  }

  setTags(tags: Tags): void {
    this.#engine.addTags(this.#readTagsSafely(tags, 'setTags'));
  }

  child({ prefix = '', tags }: ChildOptions): Metrics {
    const childTags = this.#readTagsSafely(tags, prefix);
    const id = [prefix, ...tagKeys(childTags)].join(TAG_SEPARATOR);
    let child = this.#children.get(id);
    if (child === undefined) {
      if (this.#children.size === MAX_CHILDREN) this.#children.clear();
      const { engine, prefix: parentPrefix, tags: parentTags } = this.#scope;
      const scope = new Scope(engine, parentPrefix + prefix, new Map([...parentTags, ...childTags]));
      this.#children.set(id, (child = new MetricsFacade(scope, this.#lifecycle)));
    }
    return child;
  }

  defineCounter<const Declared extends string | TagLists = never>(
    key: string,
    definition: InstrumentDefinition<Declared> = {},
  ): Counter<Declared> {
    return this.#defineInstrument('counter', key, definition);
  }

  defineGauge<const Declared extends string | TagLists = never>(
    key: string,
    definition: GaugeDefinition<Declared> = {},
  ): Gauge<Declared> {
    return this.#defineInstrument('gauge', key, definition as GaugeDefinition<never> as GaugeDefinition);
  }

  defineTiming<const Declared extends string | TagLists = never>(
    key: string,
    definition: TimerDefinition<Declared> = {},
  ): Timing<Declared> {
    return this.#defineInstrument('timing', key, definition);
  }

  defineDistribution<const Declared extends string | TagLists = never>(
    key: string,
    definition: TimerDefinition<Declared> = {},
  ): Distribution<Declared> {
    return this.#defineInstrument('distribution', key, definition);
  }

  defineSet<const Declared extends string | TagLists = never>(
    key: string,
    definition: InstrumentDefinition<Declared> = {},
  ): SetInstrument<Declared> {
    return this.#defineInstrument('set', key, definition);
  }

  /** Returns the instrument, which is of the interface that its caller returns. */
  #defineInstrument(kind: MetricKind, key: string, definition: GaugeDefinition & TimerDefinition): never {
    const known = this.#instruments.get(key);
    const isDeclared = this.#scope.declare(kind, key, definition, known?.observed);
    const isKnown = known?.kind === kind;
    const instrument = isKnown ? known : new DeclaredInstrument(this.#scope, kind, key, definition);
    if (known === undefined && isDeclared) this.#instruments.set(key, instrument);
    if (isKnown || (known === undefined && isDeclared)) instrument.observeDeclared(definition.observe);
    return instrument as never;
  }

  flush(): Promise<void> {
    return this.#lifecycle.flush();
  }

  close(options?: CloseOptions): Promise<void> {
    return this.#lifecycle.close(options);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#lifecycle.close();
  }

  stats(): MetricsStats {
    const { discarded, dropped, sampledOut, series } = this.#engine;
    const backend = this.#lifecycle.backendStats();
    return { discarded, dropped: { ...dropped }, sampledOut, series: series.rows.size, backend };
  }

  cardinality(): CardinalityReport {
    const { families, guard, series } = this.#engine;
    return cardinalityReport(families.values(), guard, series.rows.size);
  }

  /** Reports methods that another version of this package has and this one lacks; without them, counts a dropped sample. */
  missMethods(methods?: string): void {
    if (methods === undefined) return this.#engine.count('missing_method');
    const message = `Two versions of @metrics/core are loaded, and the first one lacks ${methods}: their samples are dropped. Install one version; npm ls @metrics/core shows them.`;
    this.#engine.report('missing_method', undefined, message);
  }

  intercept(interceptor: Interceptor): () => void {
    return this.#engine.intercept(interceptor);
  }

  /** Returns the context tags. Loads AsyncLocalStorage at their first use, because it slows down every await. */
  #loadContext(): ContextTags | undefined {
    const engine = this.#engine;
    if (engine.context !== undefined) return engine.context;
    // Edge runtimes have it as a global.
    const { AsyncLocalStorage } =
      nodeProcess?.getBuiltinModule?.('node:async_hooks') ?? (globalThis as Partial<typeof AsyncHooks>);
    if (AsyncLocalStorage) return engine.useContext(new ContextTags(new AsyncLocalStorage()));
    const message = 'This runtime has no AsyncLocalStorage: context tags are dropped.';
    return void engine.report('context_unavailable', undefined, message);
  }

  /** Reads tags that belong to no sample. Invalid ones are reported and dropped, and never throw. */
  #readTagsSafely(tags: Tags | undefined, source: string): NormalizedTags {
    const draft = new TagDraft();
    let isValid = false;
    const engine = this.#engine;
    engine.leniently(() =>
      engine.withoutSample(() => {
        isValid = readTags(engine, draft, tags, source);
      }),
    );
    return new Map(isValid ? tagPairs(draft) : []);
  }
}
