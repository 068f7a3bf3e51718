// The public types of declared metrics and their handles.
import type { TagLists } from '../series/metric-family.js';
import type { TagValue } from '../series/tags.js';
import type { TimedFunction } from './timer.js';

/** The tags of an instrument, all optional: the declared keys, or an object of keys with the values they may have. */
export type DeclaredTags<Declared extends string | TagLists> = [Declared] extends [never]
  ? { readonly [Name in string]: UndeclaredTag<'list it in `tags` of the definition'> }
  : [Declared] extends [string]
    ? { readonly [Name in Declared]?: TagValue | null | undefined }
    : Declared extends TagLists
      ? { readonly [Name in keyof Declared]?: ListedValue<Declared[Name]> | null | undefined }
      : never;

/** The type of the tags of an instrument that declares none. No value has it, so a tag is a type error. */
export interface UndeclaredTag<Advice> {
  /** The advice that the compiler shows. */
  readonly 'not declared': Advice;
}

/** The values that a declaration lists for a tag; any value if it lists {@link anyValue} only. */
export type ListedValue<Values> = Values extends readonly (infer Value)[] ? Value : TagValue;

/** A metric declared once, before it is used. */
export interface InstrumentDefinition<Declared extends string | TagLists = string | TagLists> {
  /**
   * The tag keys that calls may pass, as a list, or with their values: `{ result: ['success', 'failure'], queue: anyValue }`.
   * Any other key is dropped and reported, any other value becomes `__other__`. Tags of `register` and children always apply.
   */
  readonly tags?: readonly (Declared & string)[] | (Declared & TagLists) | undefined;
  /**
   * `byte`, `second`, `request`, … for people and for backends that transmit units. Timings are always milliseconds.
   */
  readonly unit?: string | undefined;
  /** A description of the metric for people. */
  readonly description?: string | undefined;
  /**
   * Upper bounds of histogram buckets, ascending and in the metric's unit (milliseconds for timings), for backends that have
   * such buckets. Others ignore them.
   */
  readonly buckets?: readonly number[] | undefined;
  /** Keeps it in the internal time series database as well. @default false */
  readonly internal?: boolean | undefined;
}

/** A declared metric that timers record into. */
export interface TimerDefinition<Declared extends string | TagLists = string | TagLists>
  extends InstrumentDefinition<Declared> {
  /** The name of the tag that timers add, which needs no declaration, or false for none. @default 'result' */
  readonly result?: string | false | undefined;
}

/** A declared gauge. */
export interface GaugeDefinition<Declared extends string | TagLists = string | TagLists>
  extends InstrumentDefinition<Declared> {
  /** Reads the gauge at each flush, for the life of the process; see {@link Gauge.observe}. */
  readonly observe?: GaugeReader<Declared> | undefined;
}

/**
 * Reads a gauge: returns the value of the series without tags, or sets any number of series. Those that it set the last time
 * and no longer sets end immediately. Synchronous.
 */
export type GaugeReader<Declared extends string | TagLists> = (
  gauge: Pick<Gauge<Declared>, 'set'>,
  // oxlint-disable-next-line typescript/no-invalid-void-type -- a function without a result is one
) => number | undefined | void;

/** Ends the reading of a gauge, and the series that it set: `using depth = gauge.observe(() => queue.length)`. */
export interface Observation {
  /** Stops the reading and ends the series. Further calls change nothing. */
  dispose(): void;
  /** Does the same as {@link Observation.dispose}. */
  [Symbol.dispose](): void;
}

/**
 * One series of a counter, for hot loops. Context tags do not apply to handles. Their methods need them: one that was
 * taken from its handle records nothing.
 *
 * @example
 * ```ts
 * import { metrics } from '@metrics/core';
 *
 * const cached = metrics.defineCounter('requests', { tags: ['status'] }).with({ status: 304 });
 * for (let i = 0; i < 1000; i += 1) cached.incr();
 * ```
 */
export interface CounterHandle {
  /** Adds to the counter: 1, unless the call passes a finite amount, which may be fractional or negative. */
  incr(this: CounterHandle, amount?: number): void;
}
/** One series of a gauge; see {@link CounterHandle}. */
export interface GaugeHandle {
  /** Records the current value, any finite number. */
  set(this: GaugeHandle, value: number): void;
  /** Moves it, by 1 if no amount is passed, from what was set or added before. */
  add(this: GaugeHandle, amount?: number): void;
}
/** One series of a timing; see {@link CounterHandle}. */
export interface TimingHandle {
  /** Records a duration in milliseconds, at least 0. */
  record(this: TimingHandle, milliseconds: number): void;
}
/** One series of a distribution; see {@link CounterHandle}. */
export interface DistributionHandle {
  /** Records a finite value in the unit of the definition. */
  record(this: DistributionHandle, value: number): void;
}
/** One series of a set; see {@link CounterHandle}. */
export interface SetHandle {
  /** Records a member, which counts once per flush. */
  add(this: SetHandle, member: string | number): void;
}

/** A declared counter; see {@link Metrics.defineCounter}. */
export interface Counter<Declared extends string | TagLists> {
  /**
   * Adds to the counter of these tags: 1, unless the call passes a finite amount, which may be fractional or negative.
   * The tags may come first: `requests.incr({ status: 200 })`.
   */
  incr(amountOrTags?: number | DeclaredTags<Declared>, tags?: DeclaredTags<Declared>): void;
  /** Returns the handle of a series. Equal tags return the same handle, which stays valid forever. */
  with(tags: DeclaredTags<Declared>): CounterHandle;
}
/** A declared gauge; see {@link Metrics.defineGauge}. */
export interface Gauge<Declared extends string | TagLists> {
  /** Records the current value, any finite number. Sent when it is called, and not repeated. */
  set(value: number, tags?: DeclaredTags<Declared>): void;
  /**
   * Moves the gauge up or down, by 1 if no amount is passed, from what was set or added before; 0 at first. The level is
   * sent again at each flush until it is 0. Context tags do not apply.
   */
  add(amount?: number, tags?: DeclaredTags<Declared>): void;
  /**
   * Reads the gauge with `read` at each flush, until the result is disposed or `close` is called. Several
   * functions may observe one gauge.
   *
   * @example
   * ```ts
   * import { metrics } from '@metrics/core';
   *
   * const pools = new Map([['main', 8], ['reports', 2]]);
   * const size = metrics.defineGauge('pool.size', { tags: ['pool'] });
   * const observation = size.observe(({ set }) => {
   *   for (const [pool, connections] of pools) set(connections, { pool });
   * });
   * observation.dispose();
   * ```
   */
  observe(read: GaugeReader<Declared>): Observation;
  /** Returns the handle of a series; see {@link Counter.with}. */
  with(tags: DeclaredTags<Declared>): GaugeHandle;
}
/** A declared timing, in milliseconds; see {@link Metrics.defineTiming}. */
export interface Timing<Declared extends string | TagLists> {
  /** Records a duration in milliseconds, at least 0. */
  record(milliseconds: number, tags?: DeclaredTags<Declared>): void;
  /** Times `fn` and the promise it returns, as `metrics.timer` does. Adds the tag `result`, which needs no declaration. */
  timer<Result>(fn: TimedFunction<Result>): Result;
  /** Times `fn` as the call without tags does, and records its duration with these. */
  timer<Result>(tags: DeclaredTags<Declared> | undefined, fn: TimedFunction<Result>): Result;
  /** Returns the handle of a series; see {@link Counter.with}. */
  with(tags: DeclaredTags<Declared>): TimingHandle;
}
/** A declared distribution; see {@link Metrics.defineDistribution}. */
export interface Distribution<Declared extends string | TagLists> {
  /** Records a finite value in the unit of the definition. */
  record(value: number, tags?: DeclaredTags<Declared>): void;
  /** Times `fn` as {@link Timing.timer} does: in milliseconds, or in the metric's unit if that is a unit of time. */
  timer<Result>(fn: TimedFunction<Result>): Result;
  /** Times `fn` as the call without tags does, and records its duration with these. */
  timer<Result>(tags: DeclaredTags<Declared> | undefined, fn: TimedFunction<Result>): Result;
  /** Returns the handle of a series; see {@link Counter.with}. */
  with(tags: DeclaredTags<Declared>): DistributionHandle;
}
/** A declared set; see {@link Metrics.defineSet}. */
export interface SetInstrument<Declared extends string | TagLists> {
  /** Records a member, which counts once per flush. */
  add(member: string | number, tags?: DeclaredTags<Declared>): void;
  /** Returns the handle of a series; see {@link Counter.with}. */
  with(tags: DeclaredTags<Declared>): SetHandle;
}
