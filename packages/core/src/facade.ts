import { ContextTags, mergeTags } from './context-tags.js';
import { DeclaredInstrument } from './declared-instrument.js';
import { Engine, type MetricsTap } from './engine.js';
import type { Counter, Definition, Distribution, Gauge, GaugeDefinition, SetInstrument, Timing } from './instrument.js';
import { LifeCycle } from './life-cycle.js';
import type { ChildOptions, EventOptions, Metrics, MetricsStats, ServiceCheckOptions } from './metrics.js';
import type { MetricKind, MetricsBackend, SeriesId } from './metrics-backend.js';
import type { CloseOptions, RegisterOptions, Registration } from './registration.js';
import { Scope } from './scope.js';
import { described, type MetricOptions, type ReadTags, type RecordOptions, type Tags } from './tags.js';
import { quietly, startTimer, type Timer, type TimerTags, timeRun } from './timer.js';
import { accepts, emit } from './verb.js';

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

  constructor(parent?: { scope: Scope; cycle: LifeCycle }) {
    this.#scope = parent?.scope ?? new Scope(new Engine(), '', new Map());
    this.#engine = this.#scope.engine;
    this.#cycle = parent?.cycle ?? new LifeCycle(this.#engine);
  }

  register(backend: MetricsBackend, options: RegisterOptions = {}): Registration {
    const tags = this.#canonical(options.tags, 'register');
    return this.#cycle.register(backend, options, tags);
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
      if (!accepts(kind, value)) return engine.refuse(key, value);
      let rate = options?.sampleRate ?? engine.sampleRate;
      if (rate !== 1) rate = scope.rate(kind, rate, key);
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
    this.#occurrence(event, event?.title, (given, tags) => {
      const { backend } = this.#engine;
      if (!backend.event) return false;
      backend.event({ ...given, tags });
      return true;
    });
  }

  serviceCheck(check: ServiceCheckOptions): void {
    this.#occurrence(check, check?.name, (given, tags) => {
      const { backend, series } = this.#engine;
      if (!backend.serviceCheck) return false;
      backend.serviceCheck({ ...given, name: series.prefix + this.#scope.prefix + given.name, tags });
      return true;
    });
  }

  timer<Result>(key: string, optionsOrFn: RecordOptions | undefined | Callback<Result>, fn?: Callback<Result>): Result {
    const [options, run] = typeof optionsOrFn === 'function' ? [undefined, optionsOrFn] : [optionsOrFn, fn!];
    return timeRun({ ...options?.tags }, run, (milliseconds, tags) => {
      quietly(() => this.timing(key, milliseconds, { ...options, tags }));
    });
  }

  startTimer(key: string, options?: RecordOptions): Timer {
    return startTimer((milliseconds, tags) => {
      quietly(() =>
        this.timing(
          key,
          milliseconds,
          tags === undefined ? options : { ...options, tags: { ...options?.tags, ...tags } },
        ),
      );
    });
  }

  wraps<Args extends unknown[], Result>(
    key: string,
    optionsOrFn: RecordOptions | undefined | ((...args: Args) => Result),
    fn?: (...args: Args) => Result,
  ): (...args: Args) => Result {
    const [options, wrapped] = typeof optionsOrFn === 'function' ? [undefined, optionsOrFn] : [optionsOrFn, fn!];
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
    const [context, read] = this.#context(tags);
    return context === undefined || read === undefined ? fn() : context.run(tags, read, fn);
  }

  addTags(tags: Tags): void {
    const [context, read] = this.#context(tags);
    if (context === undefined || read === undefined || context.add(tags, read)) return;
    this.#quietTell('no_context', 'addTags() adds to the enclosing withTags(), and there is none.');
  }

  child({ prefix = '', tags }: ChildOptions): Metrics {
    const own = this.#canonical(tags, prefix);
    const id = JSON.stringify([prefix, ...[...own].map((pair) => JSON.stringify(pair)).sort()]);
    let child = this.#children.get(id);
    if (child === undefined) {
      if (this.#children.size === MAX_CHILDREN) this.#children.clear();
      const { engine, prefix: parentPrefix, tags: parentTags } = this.#scope;
      const scope = new Scope(engine, parentPrefix + prefix, new Map([...parentTags, ...own]));
      this.#children.set(id, (child = new MetricsFacade({ scope, cycle: this.#cycle })));
    }
    return child;
  }

  defineCounter<const Key extends string = never>(key: string, definition: Definition<Key> = {}): Counter<Key> {
    return this.#define('counter', key, definition);
  }

  defineGauge<const Key extends string = never>(key: string, definition: GaugeDefinition<Key> = {}): Gauge<Key> {
    return this.#define('gauge', key, definition);
  }

  defineTiming<const Key extends string = never>(key: string, definition: Definition<Key> = {}): Timing<Key> {
    return this.#define('timing', key, definition);
  }

  defineDistribution<const Key extends string = never>(
    key: string,
    definition: Definition<Key> = {},
  ): Distribution<Key> {
    return this.#define('distribution', key, definition);
  }

  defineSet<const Key extends string = never>(key: string, definition: Definition<Key> = {}): SetInstrument<Key> {
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

  tap(tap: MetricsTap): { [Symbol.dispose](): void } {
    const end = this.#engine.tap(tap);
    return { [Symbol.dispose]: end };
  }

  #recordAt(kind: MetricKind, id: SeriesId, key: string, value: number, timestamp: number, rate: number): void {
    const { backend } = this.#engine;
    if (!(Number.isFinite(timestamp) && timestamp > 0 && timestamp < MAX_TIMESTAMP))
      this.#engine.drop('invalid_timestamp', key, 'A timestamp is in seconds since the epoch.', {
        value: described(timestamp),
      });
    else if (backend.recordAt && (kind === 'counter' || kind === 'gauge')) backend.recordAt(id, value, timestamp);
    else {
      emit(backend, kind, id, value, rate);
      this.#engine.tell(
        'timestamp_unsupported',
        key,
        'Not in this backend, or not for this kind; the sample counts as of now.',
      );
    }
  }

  /** Events and service checks: rare, so merged and checked anew each time. */
  #occurrence<Given extends { readonly tags?: Tags | undefined }>(
    given: Given,
    name: unknown,
    hand: (given: Given, tags: Readonly<Record<string, string>>) => boolean,
  ): void {
    const engine = this.#engine;
    try {
      if (this.#scope.generation !== engine.generation && !this.#scope.renew()) return;
      if (typeof name !== 'string' || name === '') return engine.refuse('event', name);
      const read = this.#scope.read(given.tags, name);
      if (read === undefined) return;
      const tags = Object.fromEntries(this.#scope.merged(read, engine.context?.current()));
      if (!hand(given, tags)) engine.drop('unsupported', name, 'The backend has no events or service checks.');
    } catch (error) {
      engine.caught(error, name);
    }
  }

  #define(kind: MetricKind, key: string, definition: GaugeDefinition<string>): DeclaredInstrument {
    const known = this.#instruments.get(key);
    if (known !== undefined && !known.isLike(kind, definition))
      this.#quietTell('definition_conflict', 'This metric was declared otherwise; the first one holds.', key);
    if (known?.kind === kind) return known;
    const instrument = new DeclaredInstrument(this.#scope, kind, key, definition);
    if (known === undefined) {
      this.#instruments.set(key, instrument);
      instrument.declare();
    }
    return instrument;
  }

  /** Creates the context at its first use, or says that this runtime has none. */
  #context(tags: Tags): [ContextTags | undefined, ReadTags | undefined] {
    const engine = this.#engine;
    engine.context ??= ContextTags.create();
    if (engine.context === undefined)
      this.#quietTell('context_unavailable', 'This runtime has no AsyncLocalStorage; context tags are left out.');
    let read: ReadTags | undefined;
    quietly(() => {
      read = this.#scope.read(tags, 'withTags');
    });
    return [engine.context, read];
  }

  #canonical(tags: Tags | undefined, where: string): ReadonlyMap<string, string> {
    const canonical = new Map<string, string>();
    quietly(() => {
      const read = this.#scope.read(tags, where);
      if (read !== undefined) mergeTags(canonical, read);
    });
    return canonical;
  }

  #quietTell(code: string, remedy: string, metric?: string): void {
    quietly(() => this.#engine.tell(code, metric, remedy));
  }
}
