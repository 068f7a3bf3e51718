import type { MetricsTap } from './engine.js';
import type { Counter, Definition, Distribution, Gauge, GaugeDefinition, SetInstrument, Timing } from './instrument.js';
import type { BackendStats, MetricsBackend, MetricsEvent, ServiceCheck } from './metrics-backend.js';
import type { CloseOptions, RegisterOptions, Registration } from './registration.js';
import type { MetricOptions, RecordOptions, Tags } from './tags.js';
import type { Timer, TimerTags } from './timer.js';

export interface EventOptions extends Omit<MetricsEvent, 'tags'> {
  readonly tags?: Tags | undefined;
}

export interface ServiceCheckOptions extends Omit<ServiceCheck, 'tags'> {
  readonly tags?: Tags | undefined;
}

export interface ChildOptions {
  /** Put before the keys of the child, behind the prefixes of its parents, as it is. */
  readonly prefix?: string | undefined;
  /** Win over the tags of parents; context and call tags win over them. */
  readonly tags?: Tags | undefined;
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
  register(backend: MetricsBackend, options?: RegisterOptions): Registration;

  /** Counts. The amount is 1 unless given; it may be fractional or negative. */
  incr(key: string, amountOrOptions?: number | MetricOptions, options?: MetricOptions): void;
  /** The value something has now; the last one wins. Never sampled. */
  gauge(key: string, value: number, options?: MetricOptions): void;
  /** How long something took, in milliseconds, not negative. */
  timing(key: string, milliseconds: number, options?: RecordOptions): void;
  /** A value whose spread matters: sizes, amounts. */
  distribution(key: string, value: number, options?: RecordOptions & Pick<MetricOptions, 'unit'>): void;
  /** How many distinct members were seen. Never sampled. */
  set(key: string, member: string | number, options?: RecordOptions): void;
  /** Something that happened once. Dropped, and counted as `unsupported`, where the backend has no events. */
  event(event: EventOptions): void;
  /** The state of something the application depends on. Dropped where the backend has no service checks. */
  serviceCheck(check: ServiceCheckOptions): void;

  /**
   * Times `fn`, and the promise it answers, in milliseconds. Adds the tag `result: 'success' | 'failure'` unless the tags
   * have one; `fn` may add tags to those it is given. Answers or throws what `fn` does.
   */
  timer<Result>(key: string, fn: Callback<Result>): Result;
  timer<Result>(key: string, options: RecordOptions | undefined, fn: Callback<Result>): Result;
  /** Starts a timer to stop by hand or by `using`. No tag `result`: a dispose cannot see a throw. */
  startTimer(key: string, options?: RecordOptions): Timer;
  /** A function like `fn` that is timed at each call, as by {@link Metrics.timer}. Keeps `this`, arguments, name, length. */
  wraps<Args extends unknown[], Result>(key: string, fn: (...args: Args) => Result): (...args: Args) => Result;
  wraps<Args extends unknown[], Result>(
    key: string,
    options: RecordOptions | undefined,
    fn: (...args: Args) => Result,
  ): (...args: Args) => Result;
  /** A method decorator, standard or legacy: `@metrics.timed('db.query')`. */
  // oxlint-disable-next-line typescript/no-explicit-any -- one signature has to suit both kinds of decorators
  timed(key: string, options?: RecordOptions): (...decorated: any[]) => any;

  /** Adds tags to all that `fn` records, also after its awaits. Not for declared instruments without those tags. */
  withTags<Result>(tags: Tags, fn: () => Result): Result;
  /** Adds tags until the enclosing {@link Metrics.withTags} ends. */
  addTags(tags: Tags): void;

  /** The same facade under a longer prefix and more tags. Equal children are one object. */
  child(options: ChildOptions): Metrics;

  /** Declares a metric once, with its tag keys. Declaring it again in the same way gives the same instrument. */
  defineCounter<const Key extends string = never>(key: string, definition?: Definition<Key>): Counter<Key>;
  defineGauge<const Key extends string = never>(key: string, definition?: GaugeDefinition<Key>): Gauge<Key>;
  defineTiming<const Key extends string = never>(key: string, definition?: Omit<Definition<Key>, 'unit'>): Timing<Key>;
  defineDistribution<const Key extends string = never>(key: string, definition?: Definition<Key>): Distribution<Key>;
  defineSet<const Key extends string = never>(key: string, definition?: Definition<Key>): SetInstrument<Key>;

  /** Resolves when everything recorded before the call was handed to the transport. */
  flush(): Promise<void>;
  /** Flushes within the deadline and releases everything; samples are discarded from then on. Another `register` may follow. */
  close(options?: CloseOptions): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;

  stats(): MetricsStats;

  /** Lets a test tool listen in on every sample, whatever is registered. */
  tap(tap: MetricsTap): { [Symbol.dispose](): void };
}
