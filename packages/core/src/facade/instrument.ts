import type { TagLists } from '../series/declared-tags.js';
import type { TagValue } from '../series/tags.js';
import type { TimerTags } from './timer.js';

/**
 * The tags of an instrument, each of them optional: the keys it was declared with, or an object of keys with the values
 * they may have.
 */
export type DeclaredTags<Declared extends string | TagLists> = [Declared] extends [never]
  ? { readonly [Name in string]: never }
  : [Declared] extends [string]
    ? { readonly [Name in Declared]?: TagValue | null | undefined }
    : Declared extends TagLists
      ? { readonly [Name in keyof Declared]?: ListedValue<Declared[Name]> | null | undefined }
      : never;

type ListedValue<Values> = Values extends readonly (infer Value)[] ? Value : TagValue;

/** A metric declared once, before it is used. */
export interface InstrumentDefinition<Declared extends string | TagLists = string | TagLists> {
  /**
   * The tag keys calls may bring, as a list, or with their values: `{ result: ['success', 'failure'], queue: anyValue }`.
   * Any other key is left out and reported, any other value becomes `__other__`. Register and child tags are added always.
   */
  readonly tags?: readonly (Declared & string)[] | (Declared & TagLists) | undefined;
  readonly unit?: string | undefined;
  /** What it counts, for people. */
  readonly description?: string | undefined;
  /** Keep it in the internal time series database as well. @default false */
  readonly internal?: boolean | undefined;
}

export interface GaugeDefinition<Declared extends string | TagLists = string | TagLists>
  extends InstrumentDefinition<Declared> {
  /** Read at each flush. `undefined` leaves a reading out. */
  readonly observe?: (() => number | undefined) | undefined;
}

/** One series of a counter, for hot loops. Context tags do not reach it. */
export interface CounterHandle {
  incr(amount?: number): void;
}
export interface GaugeHandle {
  set(value: number): void;
}
export interface TimingHandle {
  record(milliseconds: number): void;
}
export interface DistributionHandle {
  record(value: number): void;
}
export interface SetHandle {
  add(member: string | number): void;
}

export interface Counter<Declared extends string | TagLists> {
  incr(amountOrTags?: number | DeclaredTags<Declared>, tags?: DeclaredTags<Declared>): void;
  /** Equal tags give the same handle, which stays valid for ever. */
  with(tags: DeclaredTags<Declared>): CounterHandle;
}
export interface Gauge<Declared extends string | TagLists> {
  set(value: number, tags?: DeclaredTags<Declared>): void;
  with(tags: DeclaredTags<Declared>): GaugeHandle;
}
export interface Timing<Declared extends string | TagLists> {
  record(milliseconds: number, tags?: DeclaredTags<Declared>): void;
  /** As `metrics.timer`: times `fn` and the promise it answers, and adds the tag `result`, which needs no declaration. */
  timer<Result>(fn: (tags: TimerTags) => Result): Result;
  timer<Result>(tags: DeclaredTags<Declared> | undefined, fn: (tags: TimerTags) => Result): Result;
  with(tags: DeclaredTags<Declared>): TimingHandle;
}
export interface Distribution<Declared extends string | TagLists> {
  record(value: number, tags?: DeclaredTags<Declared>): void;
  with(tags: DeclaredTags<Declared>): DistributionHandle;
}
export interface SetInstrument<Declared extends string | TagLists> {
  add(member: string | number, tags?: DeclaredTags<Declared>): void;
  with(tags: DeclaredTags<Declared>): SetHandle;
}
