// The public interface of the facade. It is longer than other files because every method has its example.
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
  /** How the event is shown. @default 'info' */
  readonly alertType?: AlertType | Uppercase<AlertType> | Capitalize<AlertType> | undefined;
  /** Its weight in the event stream. @default 'normal' */
  readonly priority?: 'normal' | 'low' | 'NORMAL' | 'LOW' | 'Normal' | 'Low' | undefined;
  /** A Date, or seconds since the epoch. Milliseconds are recognized, too. @default the time of receipt */
  readonly timestamp?: number | Date | undefined;
  /** Tags of the event. They override tags of the context, of children and of the registration. */
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
  /** Tags of the check. They override tags of the context, of children and of the registration. */
  readonly tags?: Given | undefined;
}

/** The additions of a child to the facade that creates it; see {@link Metrics.child}. */
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
  /** The sum of the counts of all backends that were registered since the process started. */
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
   *
   * @example
   * ```ts
   * import { metrics } from '@metrics/core';
   * import { LoggingBackend } from '@metrics/logging';
   *
   * metrics.register(new LoggingBackend(), {
   *   prefix: 'shop.',
   *   tags: { env: 'test' },
   *   onError: ({ code, message }) => console.error(code, message),
   * });
   * metrics.incr('orders.placed', { tags: { method: 'card' } });
   * await metrics.close();
   * ```
   */
  register<Given extends CheckedTags<Given> = Tags>(
    backend: MetricsBackend,
    options?: Omit<RegisterOptions, 'tags'> & { readonly tags?: Given | undefined },
  ): Registration;

  /**
   * Adds to a counter: 1, unless the call passes an amount, which may be fractional or negative but not infinite.
   *
   * @example
   * ```ts
   * import { metrics } from '@metrics/core';
   *
   * metrics.incr('jobs.started');
   * metrics.incr('jobs.failed', { tags: { reason: 'timeout' } });
   * metrics.incr('bytes.sent', 512, { tags: { platform: 'ios' } });
   * ```
   */
  incr<Given extends CheckedTags<Given> = Tags>(
    key: string,
    amountOrOptions?: number | MetricOptions<Given>,
    options?: MetricOptions<Given>,
  ): void;
  /**
   * Records a current value, any finite number; the last one wins. Never sampled.
   *
   * @example
   * ```ts
   * import { metrics } from '@metrics/core';
   *
   * metrics.gauge('queue.length', 7, { instance: 'mail' });
   * ```
   */
  gauge<Given extends CheckedTags<Given> = Tags>(key: string, value: number, options?: MetricOptions<Given>): void;
  /**
   * Records a duration in milliseconds, at least 0. {@link Metrics.timer} measures it for you.
   *
   * @example
   * ```ts
   * import { metrics } from '@metrics/core';
   *
   * metrics.timing('db.query', 12.5, { tags: { table: 'users' }, sampleRate: 0.1 });
   * ```
   */
  timing<Given extends CheckedTags<Given> = Tags>(
    key: string,
    milliseconds: number,
    options?: RecordOptions<Given>,
  ): void;
  /**
   * Records a finite value whose spread matters: a size, an amount. Use {@link Metrics.timing} for durations.
   *
   * @example
   * ```ts
   * import { metrics } from '@metrics/core';
   *
   * metrics.distribution('upload.size', 4096, { unit: 'byte' });
   * ```
   */
  distribution<Given extends CheckedTags<Given> = Tags>(
    key: string,
    value: number,
    options?: RecordOptions<Given> & Pick<MetricOptions, 'unit'>,
  ): void;
  /**
   * Records a member of a set, which counts the distinct members of each flush. Never sampled.
   *
   * @example
   * ```ts
   * import { metrics } from '@metrics/core';
   *
   * metrics.set('users.active', 'ann', { tags: { plan: 'free' } });
   * ```
   */
  set<Given extends CheckedTags<Given> = Tags>(
    key: string,
    member: string | number,
    options?: RecordOptions<Given>,
  ): void;
  /**
   * Records an event. Dropped, and counted as `unsupported`, if the backend has no events.
   *
   * @example
   * ```ts
   * import { metrics } from '@metrics/core';
   *
   * metrics.event({ title: 'Deployed', text: 'version 2', alertType: 'success', tags: { service: 'shop' } });
   * ```
   */
  event<Given extends CheckedTags<Given> = Tags>(event: EventOptions<Given>): void;
  /**
   * Records the state of something that the application depends on. Dropped, and counted as `unsupported`, if the
   * backend has no service checks.
   *
   * @example
   * ```ts
   * import { metrics } from '@metrics/core';
   *
   * metrics.serviceCheck({ name: 'database.up', status: 'ok', message: 'responds in 3 ms' });
   * ```
   */
  serviceCheck<Given extends CheckedTags<Given> = Tags>(check: ServiceCheckOptions<Given>): void;

  /**
   * Times `fn` and the promise it returns, in milliseconds. Adds the tag `result: 'success' | 'failure'` unless the tags
   * contain it or `result` asks for another name or none; `fn` may add tags to those it gets. Returns or throws what `fn` does.
   *
   * @example
   * ```ts
   * import { metrics } from '@metrics/core';
   *
   * const rows = await metrics.timer('db.query', async (tags) => {
   *   const found = ['ann', 'bob'];
   *   tags['empty'] = found.length === 0;
   *   return found;
   * });
   * console.log(rows.length);
   * ```
   */
  timer<Result>(key: string, fn: TimedFunction<Result>): Result;
  /** Times `fn` as the call without options does, with tags, a sampling rate or another name of the tag `result`. */
  timer<Result, Given extends CheckedTags<Given> = Tags>(
    key: string,
    options: TimerOptions<Given> | undefined,
    fn: TimedFunction<Result>,
  ): Result;
  /**
   * Starts a timer to stop by hand or by `using`. Adds no tag `result`: a dispose cannot see a throw.
   *
   * @example
   * ```ts
   * import { metrics } from '@metrics/core';
   *
   * const timer = metrics.startTimer('batch', { tags: { queue: 'mail' } });
   * const milliseconds = timer.stop({ size: 20 });
   * console.log(milliseconds >= 0);
   * ```
   */
  startTimer<Given extends CheckedTags<Given> = Tags>(key: string, options?: RecordOptions<Given>): Timer;
  /**
   * Returns `fn`, a function or a class, with each call timed as {@link Metrics.timer} does. Keeps `this`, arguments,
   * properties and metadata.
   *
   * @example
   * ```ts
   * import { metrics } from '@metrics/core';
   *
   * const loadUser = metrics.wraps('users.load', async (name: string) => ({ name }));
   * console.log((await loadUser('ann')).name);
   * ```
   */
  wraps<Fn extends AnyFunction>(key: string, fn: Fn): Fn;
  /** Returns `fn` with each call timed, with tags, a sampling rate or another name of the tag `result`. */
  wraps<Fn extends AnyFunction, Given extends CheckedTags<Given> = Tags>(
    key: string,
    options: TimerOptions<Given> | undefined,
    fn: Fn,
  ): Fn;
  /**
   * Returns a decorator, standard or legacy, for methods, accessors and fields: `@metrics.timed('db.query')`.
   *
   * @example
   * ```ts
   * import { metrics } from '@metrics/core';
   *
   * class Repository {
   *   @metrics.timed('repository.find', { tags: { store: 'memory' } })
   *   find(name: string): string {
   *     return name;
   *   }
   * }
   * console.log(new Repository().find('ann'));
   * ```
   */
  timed<Given extends CheckedTags<Given> = Tags>(
    key: string,
    options?: TimerOptions<Given>,
    // oxlint-disable-next-line typescript/no-explicit-any -- one signature has to suit both kinds of decorators
  ): (...decorated: any[]) => any;

  /**
   * Calls `fn` and adds tags to all samples recorded inside it, also after its awaits. Declared instruments get only
   * the tags that they declare, and handles get none. Returns or throws what `fn` does.
   *
   * @example
   * ```ts
   * import { metrics } from '@metrics/core';
   *
   * await metrics.withTags({ route: '/orders/:id' }, async () => {
   *   metrics.incr('requests'); // has the tag `route`
   *   await Promise.resolve();
   *   metrics.incr('queries'); // has it as well
   * });
   * ```
   */
  withTags<Result, Given extends CheckedTags<Given> = Tags>(tags: Given, fn: () => Result): Result;
  /**
   * Adds tags until the enclosing {@link Metrics.withTags} ends. Outside of one it adds nothing and reports
   * `no_context`.
   *
   * @example
   * ```ts
   * import { metrics } from '@metrics/core';
   *
   * metrics.withTags({ route: '/orders' }, () => {
   *   metrics.addTags({ plan: 'free' });
   *   metrics.incr('requests'); // has `route` and `plan`
   * });
   * ```
   */
  addTags<Given extends CheckedTags<Given> = Tags>(tags: Given): void;

  /**
   * Adds tags to every series of the process, also of children, for what becomes known after `register`, such as a shard. They
   * override its tags. The open series end, and their next samples open others; rare calls, therefore.
   *
   * @example
   * ```ts
   * import { metrics } from '@metrics/core';
   *
   * metrics.setTags({ shard: 'b' });
   * ```
   */
  setTags<Given extends CheckedTags<Given> = Tags>(tags: Given): void;

  /**
   * Returns the same facade with a longer prefix and more tags. Equal children are one object.
   *
   * @example
   * ```ts
   * import { metrics } from '@metrics/core';
   *
   * const database = metrics.child({ prefix: 'db.', tags: { pool: 'main' } });
   * database.timing('query', 3); // `db.query` with the tag `pool`
   * ```
   */
  child<Given extends CheckedTags<Given> = Tags>(options: ChildOptions<Given>): Metrics;

  /**
   * Declares a counter once, with its tag keys. The same declaration returns the same instrument; another one of the
   * same key is reported as `definition_conflict`.
   *
   * @example
   * ```ts
   * import { metrics } from '@metrics/core';
   *
   * const requests = metrics.defineCounter('requests', { tags: ['method', 'status'] });
   * requests.incr({ method: 'GET', status: 200 });
   * ```
   */
  defineCounter<const Declared extends string | TagLists = never>(
    key: string,
    definition?: InstrumentDefinition<Declared>,
  ): Counter<Declared>;
  /**
   * Declares a gauge as {@link Metrics.defineCounter} declares a counter. `observe` reads it at each flush.
   *
   * @example
   * ```ts
   * import { metrics } from '@metrics/core';
   *
   * const queue: string[] = [];
   * metrics.defineGauge('queue.length', { observe: () => queue.length });
   *
   * const active = metrics.defineGauge('requests.active', { tags: ['method'] });
   * active.add(1, { method: 'GET' });
   * active.add(-1, { method: 'GET' });
   * ```
   */
  defineGauge<const Declared extends string | TagLists = never>(
    key: string,
    definition?: GaugeDefinition<Declared>,
  ): Gauge<Declared>;
  /**
   * Declares a timing as {@link Metrics.defineCounter} declares a counter. It has no `unit`: timings are milliseconds.
   *
   * @example
   * ```ts
   * import { metrics } from '@metrics/core';
   *
   * const query = metrics.defineTiming('db.query', { tags: ['table'], buckets: [1, 10, 100, 1000] });
   * await query.timer({ table: 'users' }, async () => ['ann']);
   * query.record(3.5, { table: 'orders' });
   * ```
   */
  defineTiming<const Declared extends string | TagLists = never>(
    key: string,
    definition?: Omit<TimerDefinition<Declared>, 'unit'>,
  ): Timing<Declared>;
  /**
   * Declares a distribution as {@link Metrics.defineCounter} declares a counter.
   *
   * @example
   * ```ts
   * import { metrics } from '@metrics/core';
   *
   * const sizes = metrics.defineDistribution('upload.size', { unit: 'byte', tags: ['type'] });
   * sizes.record(4096, { type: 'image' });
   * ```
   */
  defineDistribution<const Declared extends string | TagLists = never>(
    key: string,
    definition?: TimerDefinition<Declared>,
  ): Distribution<Declared>;
  /**
   * Declares a set as {@link Metrics.defineCounter} declares a counter.
   *
   * @example
   * ```ts
   * import { metrics } from '@metrics/core';
   *
   * const users = metrics.defineSet('users.active', { tags: ['plan'] });
   * users.add('ann', { plan: 'free' });
   * ```
   */
  defineSet<const Declared extends string | TagLists = never>(
    key: string,
    definition?: InstrumentDefinition<Declared>,
  ): SetInstrument<Declared>;

  /**
   * Resolves when everything recorded before the call was passed to the transport. Never rejects.
   *
   * @example
   * ```ts
   * import { metrics } from '@metrics/core';
   *
   * export const handler = async (): Promise<void> => {
   *   metrics.incr('invocations');
   *   await metrics.flush(); // before a serverless platform freezes the process
   * };
   * ```
   */
  flush(): Promise<void>;
  /**
   * Flushes within the deadline and releases everything. Later samples are discarded; another `register` may follow.
   * Never rejects: samples that could not be sent are dropped, counted and reported.
   *
   * @example
   * ```ts
   * import { metrics } from '@metrics/core';
   *
   * process.once('SIGTERM', async () => {
   *   await metrics.close({ timeout: 5000 });
   *   process.exit();
   * });
   * ```
   */
  close(options?: CloseOptions): Promise<void>;
  /** Closes with the default deadline: `await using metrics = createMetrics()`. */
  [Symbol.asyncDispose](): Promise<void>;

  /**
   * Returns counts of samples since the process started: those that the facade dropped, and those of all backends that
   * were registered. Each call returns a new object.
   *
   * @example
   * ```ts
   * import { metrics } from '@metrics/core';
   *
   * const { discarded, backend } = metrics.stats();
   * console.log(discarded, backend.sent, backend.dropped);
   * ```
   */
  stats(): MetricsStats;

  /**
   * Returns how many series each metric has, and by which tags. `@metrics/core/cost` estimates what they cost.
   *
   * @example
   * ```ts
   * import { metrics } from '@metrics/core';
   *
   * for (const { metric, series } of metrics.cardinality().metrics) console.log(metric, series);
   * ```
   */
  cardinality(): CardinalityReport;
}
