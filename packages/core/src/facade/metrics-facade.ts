import {
  type CardinalityReport,
  type CustomMetricOptions,
  cardinalityReport,
} from '../cardinality/cardinality-report.js';
import { ContextTags } from '../engine/context-tags.js';
import { emit } from '../engine/emit.js';
import { Engine, type MetricsTap } from '../engine/engine.js';
import { LifeCycle } from '../engine/lifecycle.js';
import type { CloseOptions, RegisterOptions, Registration } from '../engine/registration.js';
import type { MetricKind, MetricsBackend, SeriesId } from '../metrics-backend.js';
import type { TagLists } from '../series/declared-tags.js';
import {
  type MetricOptions,
  mergedTags,
  type ReadTags,
  type RecordOptions,
  SEPARATOR,
  type Tags,
  tagTexts,
} from '../series/tags.js';
import { DeclaredInstrument } from './declared-instrument.js';
import type {
  Counter,
  Distribution,
  Gauge,
  GaugeDefinition,
  InstrumentDefinition,
  SetInstrument,
  Timing,
} from './instrument.js';
import type { ChildOptions, EventOptions, Metrics, MetricsStats, ServiceCheckOptions } from './metrics.js';
import { Scope } from './scope.js';
import { copied, functionLast, quietly, startTimer, type Timer, type TimerTags, timeRun } from './timer.js';

/** Children that are remembered, so that equal ones are one object and share their caches. */
const MAX_CHILDREN = 1000;

/** Timestamps are seconds; a number as large as this is milliseconds. */
const MAX_TIMESTAMP = 1e11;

type Callback<Result> = (tags: TimerTags) => Result;

/** The root of an application's metrics, or a child: the verbs over a scope. */
export class MetricsFacade implements Metrics {
  readonly #scope: Scope;
  readonly #engine: Engine;
  readonly #cycle: LifeCycle;
  readonly #children = new Map<string, MetricsFacade>();
  readonly #instruments = new Map<string, DeclaredInstrument>();

  constructor(scope: Scope = new Scope(new Engine(), '', new Map()), cycle: LifeCycle = new LifeCycle(scope.engine)) {
    this.#scope = scope;
    this.#engine = scope.engine;
    this.#cycle = cycle;
  }

  register(backend: MetricsBackend, options: RegisterOptions = {}): Registration {
    return this.#cycle.register(backend, options, mergedTags(undefined, this.#readQuietly(options.tags, 'register')));
  }

  incr(key: string, amountOrOptions?: number | MetricOptions, options?: MetricOptions): void {
    if (typeof amountOrOptions !== 'object' || amountOrOptions === null)
      this.#record('counter', key, amountOrOptions ?? 1, options, arguments.length > 3);
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

  /** Every verb ends here. A small function for each kind would be no faster: the branches are the caller's constants. */
  #record(kind: MetricKind, key: string, value: unknown, options: MetricOptions | undefined, misplaced: boolean): void {
    const scope = this.#scope;
    const engine = this.#engine;
    try {
      if (scope.generation !== engine.generation && !scope.renew()) return;
      if (misplaced) return void scope.misplaced(key);
      const rate = engine.admit(kind, key, value, options?.sampleRate ?? engine.sampleRate);
      if (rate === 0) return;
      const id = scope.locate(kind, key, options);
      if (id < 0) return;
      if (options?.timestamp === undefined) emit(engine.backend, kind, id, value, rate);
      else this.#recordAt(kind, id, key, value as number, options.timestamp, rate);
    } catch (error) {
      engine.caught(error, key);
    }
  }

  event(event: EventOptions): void {
    this.#occurrence('event', event, event?.title);
  }

  serviceCheck(check: ServiceCheckOptions): void {
    this.#occurrence('serviceCheck', check, check?.name);
  }

  timer<Result>(key: string, optionsOrFn: RecordOptions | undefined | Callback<Result>, fn?: Callback<Result>): Result {
    const [options, run] = functionLast<RecordOptions, Callback<Result>>(optionsOrFn, fn);
    return timeRun(options?.tags, run, (milliseconds, tags) =>
      this.timing(key, milliseconds, Object.assign(copied(options), { tags })),
    );
  }

  startTimer(key: string, options?: RecordOptions): Timer {
    return startTimer((milliseconds, tags) =>
      this.timing(
        key,
        milliseconds,
        tags ? Object.assign(copied(options), { tags: Object.assign(copied(options?.tags), tags) }) : options,
      ),
    );
  }

  wraps<Args extends unknown[], Result>(
    key: string,
    optionsOrFn: RecordOptions | undefined | ((...args: Args) => Result),
    fn?: (...args: Args) => Result,
  ): (...args: Args) => Result {
    const [options, wrapped] = functionLast<RecordOptions, (...args: Args) => Result>(optionsOrFn, fn);
    const time = (run: () => Result): Result => this.timer(key, options, run);
    const timed = function (this: unknown, ...args: Args): Result {
      return time(() => wrapped.apply(this, args));
    };
    for (const property of ['name', 'length'] as const)
      Object.defineProperty(timed, property, { value: wrapped[property], configurable: true });
    return timed;
  }

  // oxlint-disable-next-line typescript/no-explicit-any -- standard decorators get (method, context), legacy ones (target, name, descriptor)
  timed(key: string, options?: RecordOptions): (...decorated: any[]) => any {
    return (target, _context, descriptor) => {
      if (descriptor === undefined) return this.wraps(key, options, target);
      return { ...descriptor, value: this.wraps(key, options, descriptor.value) };
    };
  }

  withTags<Result>(tags: Tags, fn: () => Result): Result {
    const context = this.#context();
    const read = context && this.#readQuietly(tags, 'withTags');
    return read ? context.run(read, fn) : fn();
  }

  addTags(tags: Tags): void {
    const context = this.#context();
    const read = context && this.#readQuietly(tags, 'addTags');
    if (read && !context.add(read))
      this.#engine.quietTell('no_context', undefined, 'addTags() adds to the enclosing withTags(), and there is none.');
  }

  child({ prefix = '', tags }: ChildOptions): Metrics {
    const own = mergedTags(undefined, this.#readQuietly(tags, prefix));
    const id = [prefix, ...tagTexts(own)].join(SEPARATOR);
    let child = this.#children.get(id);
    if (child === undefined) {
      if (this.#children.size === MAX_CHILDREN) this.#children.clear();
      const { engine, prefix: parentPrefix, tags: parentTags } = this.#scope;
      const scope = new Scope(engine, parentPrefix + prefix, new Map([...parentTags, ...own]));
      this.#children.set(id, (child = new MetricsFacade(scope, this.#cycle)));
    }
    return child;
  }

  defineCounter<const Declared extends string | TagLists = never>(
    key: string,
    definition: InstrumentDefinition<Declared> = {},
  ): Counter<Declared> {
    return this.#define('counter', key, definition);
  }

  defineGauge<const Declared extends string | TagLists = never>(
    key: string,
    definition: GaugeDefinition<Declared> = {},
  ): Gauge<Declared> {
    return this.#define('gauge', key, definition);
  }

  defineTiming<const Declared extends string | TagLists = never>(
    key: string,
    definition: InstrumentDefinition<Declared> = {},
  ): Timing<Declared> {
    return this.#define('timing', key, definition);
  }

  defineDistribution<const Declared extends string | TagLists = never>(
    key: string,
    definition: InstrumentDefinition<Declared> = {},
  ): Distribution<Declared> {
    return this.#define('distribution', key, definition);
  }

  defineSet<const Declared extends string | TagLists = never>(
    key: string,
    definition: InstrumentDefinition<Declared> = {},
  ): SetInstrument<Declared> {
    return this.#define('set', key, definition);
  }

  flush(): Promise<void> {
    return this.#cycle.flush();
  }

  close(options?: CloseOptions): Promise<void> {
    return this.#cycle.close(options);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#cycle.close();
  }

  stats(): MetricsStats {
    const { discarded, dropped, sampledOut, series } = this.#engine;
    return { discarded, dropped: { ...dropped }, sampledOut, series: series.size, backend: this.#cycle.accounts() };
  }

  cardinality(counting?: CustomMetricOptions): CardinalityReport {
    return cardinalityReport(this.#engine, counting);
  }

  tap(tap: MetricsTap): { [Symbol.dispose](): void } {
    const end = this.#engine.tap(tap);
    return { [Symbol.dispose]: end };
  }

  #recordAt(kind: MetricKind, id: SeriesId, key: string, value: number, timestamp: number, rate: number): void {
    const engine = this.#engine;
    const { backend } = engine;
    if (!(Number.isFinite(timestamp) && timestamp > 0 && timestamp < MAX_TIMESTAMP))
      engine.drop('invalid_timestamp', key, 'A timestamp is in seconds since the epoch.', { value: timestamp });
    else if (backend.recordAt && (kind === 'counter' || kind === 'gauge')) backend.recordAt(id, value, timestamp);
    else {
      emit(backend, kind, id, value, rate);
      engine.tell(
        'timestamp_unsupported',
        key,
        'Not in this backend, or not for this kind; the sample counts as of now.',
      );
    }
  }

  /** Events and service checks: rare, so merged and checked anew each time. */
  #occurrence(verb: 'event' | 'serviceCheck', given: EventOptions | ServiceCheckOptions, title: unknown): void {
    const engine = this.#engine;
    const scope = this.#scope;
    try {
      if (scope.generation !== engine.generation && !scope.renew()) return;
      if (typeof title !== 'string' || title === '')
        return void engine.drop('invalid_value', verb, 'A title or a name is a string.', { value: title });
      const read = scope.read(given.tags, title);
      if (read === undefined) return;
      const { backend } = engine;
      const name = verb === 'event' ? undefined : { name: engine.series.prefix + scope.prefix + title };
      const tags = Object.fromEntries(scope.merged(read, engine.context?.current()));
      // The verbs differ in what they take beside the tags, which is the caller's.
      if (backend[verb]) backend[verb]({ ...given, ...name, tags } as never);
      else engine.drop('unsupported', title, 'The backend has no events or service checks.');
    } catch (error) {
      engine.caught(error, title);
    }
  }

  #define(kind: MetricKind, key: string, definition: GaugeDefinition): DeclaredInstrument {
    const known = this.#instruments.get(key);
    this.#scope.declare(kind, key, definition, known?.definition);
    if (known?.kind === kind) return known;
    const instrument = new DeclaredInstrument(this.#scope, kind, key, definition);
    if (known === undefined) {
      this.#instruments.set(key, instrument);
      if (definition.observe) instrument.observe(definition.observe);
    }
    return instrument;
  }

  /** Creates the context at its first use, or says that this runtime has none. */
  #context(): ContextTags | undefined {
    const engine = this.#engine;
    engine.context ??= ContextTags.create();
    if (engine.context === undefined)
      engine.quietTell(
        'context_unavailable',
        undefined,
        'This runtime has no AsyncLocalStorage, hence no context tags.',
      );
    return engine.context;
  }

  /** Tags that belong to no sample: none where they are bad, which is told, and never thrown. */
  #readQuietly(tags: Tags | undefined, where: string): ReadTags {
    let read: ReadTags | undefined;
    quietly(() => {
      read = this.#scope.read(tags, where);
    });
    return read ?? new Map();
  }
}
