import type { CardinalityReport, CustomMetricOptions } from '../cardinality/cardinality-report.js';
import type { CheckedTags } from '../cardinality/checked-tags.js';
import type { MetricsTap } from '../engine/engine.js';
import type { CloseOptions, RegisterOptions, Registration } from '../engine/registration.js';
import type { BackendStats, MetricsBackend, MetricsEvent, ServiceCheck } from '../metrics-backend.js';
import type { TagLists } from '../series/declared-tags.js';
import type { MetricOptions, RecordOptions, Tags } from '../series/tags.js';
import type {
  Counter,
  Distribution,
  Gauge,
  GaugeDefinition,
  InstrumentDefinition,
  SetInstrument,
  Timing,
} from './instrument.js';
import type { Timer, TimerTags } from './timer.js';

export interface EventOptions<Given = Tags> extends Omit<MetricsEvent, 'tags'> {
  readonly tags?: Given | undefined;
}

export interface ServiceCheckOptions<Given = Tags> extends Omit<ServiceCheck, 'tags'> {
  readonly tags?: Given | undefined;
}

export interface ChildOptions<Given = Tags> {
  /** Put before the keys of the child, behind the prefixes of its parents, as it is. */
  readonly prefix?: string | undefined;
  /** Win over the tags of parents; context and call tags win over them. */
  readonly tags?: Given | undefined;
}

/** What became of samples on their way to the backend; `backend` says what became of those that reached it. */
export interface MetricsStats {
  /** Recorded while nothing was registered, or the dummy. */
  readonly discarded: number;
  /** Lost samples by the code of the problem, and `denied`. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Left out because their sampling rate was zero. */
  readonly sampledOut: number;
  /** Series open now. */
  readonly series: number;
  readonly backend: BackendStats;
}

type Callback<Result> = (tags: TimerTags) => Result;

/**
 * The facade application code records through. Where samples go is decided by one call of {@link Metrics.register}.
 *
 * Nothing here throws into the application or rejects (strict mode aside): bad input is dropped, counted in
 * {@link Metrics.stats} and reported to `onError`. What does throw: `register` and `configure`, at start-up, and the code
 * that is timed.
 */
export interface Metrics {
  /**
   * Sends everything to `backend` from now on.
   *
   * @throws TypeError, RangeError for what is no backend or no valid option.
   * @throws Error where a live backend is registered already and `replace` is not given; its `cause` says where.
   */
  register<Given extends CheckedTags<Given> = Tags>(
    backend: MetricsBackend,
    options?: Omit<RegisterOptions, 'tags'> & { readonly tags?: Given | undefined },
  ): Registration;

  /** Counts. The amount is 1 unless given; it may be fractional or negative. */
  incr<Given extends CheckedTags<Given> = Tags>(
    key: string,
    amountOrOptions?: number | MetricOptions<Given>,
    options?: MetricOptions<Given>,
  ): void;
  /** The value something has now; the last one wins. Never sampled. */
  gauge<Given extends CheckedTags<Given> = Tags>(key: string, value: number, options?: MetricOptions<Given>): void;
  /** How long something took, in milliseconds, not negative. */
  timing<Given extends CheckedTags<Given> = Tags>(
    key: string,
    milliseconds: number,
    options?: RecordOptions<Given>,
  ): void;
  /** A value whose spread matters: sizes, amounts. */
  distribution<Given extends CheckedTags<Given> = Tags>(
    key: string,
    value: number,
    options?: RecordOptions<Given> & Pick<MetricOptions, 'unit'>,
  ): void;
  /** How many distinct members were seen. Never sampled. */
  set<Given extends CheckedTags<Given> = Tags>(
    key: string,
    member: string | number,
    options?: RecordOptions<Given>,
  ): void;
  /** Something that happened once. Dropped, and counted as `unsupported`, where the backend has no events. */
  event<Given extends CheckedTags<Given> = Tags>(event: EventOptions<Given>): void;
  /** The state of something the application depends on. Dropped where the backend has no service checks. */
  serviceCheck<Given extends CheckedTags<Given> = Tags>(check: ServiceCheckOptions<Given>): void;

  /**
   * Times `fn`, and the promise it answers, in milliseconds. Adds the tag `result: 'success' | 'failure'` unless the tags
   * have one; `fn` may add tags to those it is given. Answers or throws what `fn` does.
   */
  timer<Result>(key: string, fn: Callback<Result>): Result;
  timer<Result, Given extends CheckedTags<Given> = Tags>(
    key: string,
    options: RecordOptions<Given> | undefined,
    fn: Callback<Result>,
  ): Result;
  /** Starts a timer to stop by hand or by `using`. No tag `result`: a dispose cannot see a throw. */
  startTimer<Given extends CheckedTags<Given> = Tags>(key: string, options?: RecordOptions<Given>): Timer;
  /** A function like `fn` that is timed at each call, as by {@link Metrics.timer}. Keeps `this`, arguments, name, length. */
  wraps<Args extends unknown[], Result>(key: string, fn: (...args: Args) => Result): (...args: Args) => Result;
  wraps<Args extends unknown[], Result, Given extends CheckedTags<Given> = Tags>(
    key: string,
    options: RecordOptions<Given> | undefined,
    fn: (...args: Args) => Result,
  ): (...args: Args) => Result;
  /** A method decorator, standard or legacy: `@metrics.timed('db.query')`. */
  timed<Given extends CheckedTags<Given> = Tags>(
    key: string,
    options?: RecordOptions<Given>,
    // oxlint-disable-next-line typescript/no-explicit-any -- one signature has to suit both kinds of decorators
  ): (...decorated: any[]) => any;

  /** Adds tags to all that `fn` records, also after its awaits. Not for declared instruments without those tags. */
  withTags<Result, Given extends CheckedTags<Given> = Tags>(tags: Given, fn: () => Result): Result;
  /** Adds tags until the enclosing {@link Metrics.withTags} ends. */
  addTags<Given extends CheckedTags<Given> = Tags>(tags: Given): void;

  /** The same facade under a longer prefix and more tags. Equal children are one object. */
  child<Given extends CheckedTags<Given> = Tags>(options: ChildOptions<Given>): Metrics;

  /** Declares a metric once, with its tag keys. Declaring it again in the same way gives the same instrument. */
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
    definition?: Omit<InstrumentDefinition<Declared>, 'unit'>,
  ): Timing<Declared>;
  defineDistribution<const Declared extends string | TagLists = never>(
    key: string,
    definition?: InstrumentDefinition<Declared>,
  ): Distribution<Declared>;
  defineSet<const Declared extends string | TagLists = never>(
    key: string,
    definition?: InstrumentDefinition<Declared>,
  ): SetInstrument<Declared>;

  /** Resolves when everything recorded before the call was handed to the transport. */
  flush(): Promise<void>;
  /** Flushes within the deadline and releases everything; samples are discarded from then on. Another `register` may follow. */
  close(options?: CloseOptions): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;

  stats(): MetricsStats;

  /** Which metrics have how many series, by which tags, and what that makes for a vendor that bills by them. */
  cardinality(counting?: CustomMetricOptions): CardinalityReport;

  /** Lets a test tool listen in on every sample, whatever is registered. */
  tap(tap: MetricsTap): { [Symbol.dispose](): void };
}
