// The public interface of the facade.
import type { CardinalityReport } from '../cardinality/cardinality-report.js';
import type { CheckedTags } from '../cardinality/checked-tags.js';
import type { CloseOptions, RegisterOptions, Registration } from '../engine/registration.js';
import type {
  AlertType,
  BackendStats,
  MetricsBackend,
  MetricsEvent,
  ServiceCheck,
  ServiceCheckStatus,
} from '../metrics-backend.js';
import type { TagLists } from '../series/metric-family.js';
import type { MetricOptions, RecordOptions, Tags } from '../series/tags.js';
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
import type { AnyFunction, TimedFunction, Timer, TimerOptions } from './timer.js';

/** An event. Words may have any case; backends get them in lower case. */
export interface EventOptions<Given = Tags>
  extends Omit<MetricsEvent, 'alertType' | 'priority' | 'timestamp' | 'tags'> {
  /** @default 'info' */
  readonly alertType?: AlertType | Uppercase<AlertType> | Capitalize<AlertType> | undefined;
  /** @default 'normal' */
  readonly priority?: 'normal' | 'low' | 'NORMAL' | 'LOW' | 'Normal' | 'Low' | undefined;
  /** A Date, or seconds since the epoch. Milliseconds are recognized, too. @default the time of receipt */
  readonly timestamp?: number | Date | undefined;
  readonly tags?: Given | undefined;
}

/** A service check. */
export interface ServiceCheckOptions<Given = Tags> extends Omit<ServiceCheck, 'status' | 'timestamp' | 'tags'> {
  /** A word in any case, or its number: 0 is ok, 1 warning, 2 critical, 3 unknown. */
  readonly status:
    | ServiceCheckStatus
    | Uppercase<ServiceCheckStatus>
    | Capitalize<ServiceCheckStatus>
    | (0 | 1 | 2 | 3)
    | ('0' | '1' | '2' | '3');
  /** A Date, or seconds since the epoch. Milliseconds are recognized, too. @default the time of receipt */
  readonly timestamp?: number | Date | undefined;
  readonly tags?: Given | undefined;
}

export interface ChildOptions<Given = Tags> {
  /** Prepended to the keys of the child unchanged, after the prefixes of its parents. */
  readonly prefix?: string | undefined;
  /** Override the tags of parents; context and call tags override them. */
  readonly tags?: Given | undefined;
}

/** Samples that did not reach the backend; `backend` counts those that did. */
export interface MetricsStats {
  /** Recorded while nothing was registered, or the dummy. */
  readonly discarded: number;
  /** Dropped samples by the code of the problem, and `denied`. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Skipped because their sampling rate was zero. */
  readonly sampledOut: number;
  /** Open series. */
  readonly series: number;
  readonly backend: BackendStats;
}

/**
 * The facade that applications record through. One call of {@link Metrics.register} decides where samples go.
 *
 * Recording never throws into the application or rejects, except in strict mode: bad input is dropped, counted in
 * {@link Metrics.stats} and reported to `onError`. `register` and `configure` throw at start-up. Errors of timed code are
 * rethrown.
 */
export interface Metrics {
  /**
   * Sends all samples to `backend` from now on.
   *
   * @throws {TypeError | RangeError} if `backend` or an option is invalid.
   * @throws {Error} if a live backend is registered already, unless `replace` is set; its `cause` shows where.
   */
  register<Given extends CheckedTags<Given> = Tags>(
    backend: MetricsBackend,
    options?: Omit<RegisterOptions, 'tags'> & { readonly tags?: Given | undefined },
  ): Registration;

  /** Adds to a counter: 1, unless the call passes an amount, which may be fractional or negative. */
  incr<Given extends CheckedTags<Given> = Tags>(
    key: string,
    amountOrOptions?: number | MetricOptions<Given>,
    options?: MetricOptions<Given>,
  ): void;
  /** Records a current value; the last one wins. Never sampled. */
  gauge<Given extends CheckedTags<Given> = Tags>(key: string, value: number, options?: MetricOptions<Given>): void;
  /** Records a duration in milliseconds, not negative. */
  timing<Given extends CheckedTags<Given> = Tags>(
    key: string,
    milliseconds: number,
    options?: RecordOptions<Given>,
  ): void;
  /** Records a value whose spread matters: a size, an amount. */
  distribution<Given extends CheckedTags<Given> = Tags>(
    key: string,
    value: number,
    options?: RecordOptions<Given> & Pick<MetricOptions, 'unit'>,
  ): void;
  /** Records a member of a set, which counts distinct members. Never sampled. */
  set<Given extends CheckedTags<Given> = Tags>(
    key: string,
    member: string | number,
    options?: RecordOptions<Given>,
  ): void;
  /** Records an event. Dropped, and counted as `unsupported`, if the backend has no events. */
  event<Given extends CheckedTags<Given> = Tags>(event: EventOptions<Given>): void;
  /** Records the state of something the application depends on. Dropped if the backend has no service checks. */
  serviceCheck<Given extends CheckedTags<Given> = Tags>(check: ServiceCheckOptions<Given>): void;

  /**
   * Times `fn` and the promise it returns, in milliseconds. Adds the tag `result: 'success' | 'failure'` unless the tags
   * contain it or `result` asks for another name or none; `fn` may add tags to those it gets. Returns or throws what `fn` does.
   */
  timer<Result>(key: string, fn: TimedFunction<Result>): Result;
  timer<Result, Given extends CheckedTags<Given> = Tags>(
    key: string,
    options: TimerOptions<Given> | undefined,
    fn: TimedFunction<Result>,
  ): Result;
  /** Starts a timer to stop by hand or by `using`. Adds no tag `result`: a dispose cannot see a throw. */
  startTimer<Given extends CheckedTags<Given> = Tags>(key: string, options?: RecordOptions<Given>): Timer;
  /**
   * Returns `fn`, a function or a class, with each call timed as {@link Metrics.timer} does. Keeps `this`, arguments,
   * properties and metadata.
   */
  wraps<Fn extends AnyFunction>(key: string, fn: Fn): Fn;
  wraps<Fn extends AnyFunction, Given extends CheckedTags<Given> = Tags>(
    key: string,
    options: TimerOptions<Given> | undefined,
    fn: Fn,
  ): Fn;
  /** Returns a decorator, standard or legacy, for methods, accessors and fields: `@metrics.timed('db.query')`. */
  timed<Given extends CheckedTags<Given> = Tags>(
    key: string,
    options?: TimerOptions<Given>,
    // oxlint-disable-next-line typescript/no-explicit-any -- one signature has to suit both kinds of decorators
  ): (...decorated: any[]) => any;

  /** Adds tags to all samples of `fn`, also after its awaits. Declared instruments get only those they declare. */
  withTags<Result, Given extends CheckedTags<Given> = Tags>(tags: Given, fn: () => Result): Result;
  /** Adds tags until the enclosing {@link Metrics.withTags} ends. */
  addTags<Given extends CheckedTags<Given> = Tags>(tags: Given): void;

  /**
   * Adds tags to every series of the process, also of children, for what becomes known after `register`, such as a shard. They
   * override its tags. The open series end, and their next samples open others; rare calls, therefore.
   */
  setTags<Given extends CheckedTags<Given> = Tags>(tags: Given): void;

  /** Returns the same facade with a longer prefix and more tags. Equal children are one object. */
  child<Given extends CheckedTags<Given> = Tags>(options: ChildOptions<Given>): Metrics;

  /** Declares a metric once, with its tag keys. The same declaration returns the same instrument. */
  defineCounter<const Declared extends string | TagLists = never>(
    key: string,
    definition?: InstrumentDefinition<Declared>,
  ): Counter<Declared>;
  defineGauge<const Declared extends string | TagLists = never>(
    key: string,
    definition?: GaugeDefinition<Declared>,
  ): Gauge<Declared>;
  defineTiming<const Declared extends string | TagLists = never>(
    key: string,
    definition?: Omit<TimerDefinition<Declared>, 'unit'>,
  ): Timing<Declared>;
  defineDistribution<const Declared extends string | TagLists = never>(
    key: string,
    definition?: TimerDefinition<Declared>,
  ): Distribution<Declared>;
  defineSet<const Declared extends string | TagLists = never>(
    key: string,
    definition?: InstrumentDefinition<Declared>,
  ): SetInstrument<Declared>;

  /** Resolves when everything recorded before the call was passed to the transport. */
  flush(): Promise<void>;
  /** Flushes within the deadline and releases everything. Later samples are discarded; another `register` may follow. */
  close(options?: CloseOptions): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;

  stats(): MetricsStats;

  /** Returns how many series each metric has, and by which tags. `@metrics/core/cost` estimates what they cost. */
  cardinality(): CardinalityReport;
}
