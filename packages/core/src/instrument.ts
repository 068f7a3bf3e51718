import type { TagValue } from './tags.js';
import type { TimerTags } from './timer.js';

/** The tags of an instrument: those it was declared with, each of them optional. */
export type DeclaredTags<Key extends string> = [Key] extends [never]
  ? { readonly [Name in string]: never }
  : { readonly [Name in Key]?: TagValue | null | undefined };

/** A metric declared once, before it is used. */
export interface Definition<Key extends string> {
  /** The tag keys calls may bring; any other is left out and reported. Register and child tags are added always. */
  readonly tags?: readonly Key[] | undefined;
  readonly unit?: string | undefined;
  /** What it counts, for people. */
  readonly description?: string | undefined;
  /** Keep it in the internal time series database as well. @default false */
  readonly internal?: boolean | undefined;
}

export interface GaugeDefinition<Key extends string> extends Definition<Key> {
  /** Read at each flush. `undefined` leaves a reading out. */
  readonly observe?: (() => number | undefined) | undefined;
}

/** One series of a counter, for hot loops. Context tags do not reach it. */
export interface BoundCounter {
  incr(amount?: number): void;
}
export interface BoundGauge {
  set(value: number): void;
}
export interface BoundTiming {
  record(milliseconds: number): void;
}
export interface BoundDistribution {
  record(value: number): void;
}
export interface BoundSet {
  add(member: string | number): void;
}

export interface Counter<Key extends string> {
  incr(tags?: DeclaredTags<Key>): void;
  incr(amount: number, tags?: DeclaredTags<Key>): void;
  /** Equal tags give the same handle, which stays valid for ever. */
  with(tags: DeclaredTags<Key>): BoundCounter;
}
export interface Gauge<Key extends string> {
  set(value: number, tags?: DeclaredTags<Key>): void;
  with(tags: DeclaredTags<Key>): BoundGauge;
}
export interface Timing<Key extends string> {
  record(milliseconds: number, tags?: DeclaredTags<Key>): void;
  /** As `metrics.timer`: times `fn` and the promise it answers, and adds the tag `result`, which needs no declaration. */
  timer<Result>(fn: (tags: TimerTags) => Result): Result;
  timer<Result>(tags: DeclaredTags<Key> | undefined, fn: (tags: TimerTags) => Result): Result;
  with(tags: DeclaredTags<Key>): BoundTiming;
}
export interface Distribution<Key extends string> {
  record(value: number, tags?: DeclaredTags<Key>): void;
  with(tags: DeclaredTags<Key>): BoundDistribution;
}
export interface SetInstrument<Key extends string> {
  add(member: string | number, tags?: DeclaredTags<Key>): void;
  with(tags: DeclaredTags<Key>): BoundSet;
}
