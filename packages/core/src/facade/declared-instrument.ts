import { emit } from '../engine/emit.js';
import type { Engine } from '../engine/engine.js';
import type { MetricKind, SeriesId } from '../metrics-backend.js';
import { onRejection } from '../problems/problem-reporter.js';
import { NOT_FOUND } from '../series/series-result.js';
import { findPath, type TrieNode } from '../series/tag-trie.js';
import { type Tags, tagKeys } from '../series/tags.js';
import { bindMethods } from './bind-methods.js';
import type {
  Counter,
  CounterHandle,
  Distribution,
  DistributionHandle,
  Gauge,
  GaugeDefinition,
  GaugeHandle,
  SetHandle,
  SetInstrument,
  Timing,
  TimingHandle,
} from './instrument.js';
import { cachedSeries, type MetricCache } from './metric-cache.js';
import type { Scope } from './scope.js';
import { copyTags, splitArguments, type TimedFunction, timeCall } from './timer.js';

/** Equal to no generation of an engine, not even to a plain one. */
const NO_GENERATION = -2;

/**
 * A declared metric of any kind: each public interface shows the methods of one kind.
 *
 * It keeps the cache of its metric with the generation in which it found it, and looks it up again in a later generation.
 * Its handles do the same with their series. So it may be made before `register` and follows the active backend.
 */
export class DeclaredInstrument
  implements Counter<string>, Gauge<string>, Timing<string>, Distribution<string>, SetInstrument<string>
{
  readonly scope: Scope;
  readonly engine: Engine;
  readonly key: string;
  readonly kind: MetricKind;
  readonly definition: GaugeDefinition;
  readonly #isCounter: boolean;
  #cache: MetricCache | undefined;
  #root: TrieNode | undefined;
  #generation = NO_GENERATION;

  constructor(scope: Scope, kind: MetricKind, key: string, definition: GaugeDefinition) {
    this.scope = scope;
    this.engine = scope.engine;
    this.kind = kind;
    this.#isCounter = kind === 'counter';
    this.key = key;
    this.definition = definition;
    bindMethods(this, DeclaredInstrument.prototype);
  }

  /** Reads the gauge with `observe` at each flush. */
  observe(observe: () => number | undefined): void {
    const { engine, key } = this;
    if (engine.observers.size >= engine.active.rules.maxMetrics)
      return void engine.report('too_many_metrics', key, 'Too many observed gauges: this one is never read.');
    const failed = (cause: unknown): void => {
      engine.report('observe_failed', key, 'The gauge could not be read. See the cause.', { cause });
    };
    engine.observers.add(() => {
      if (engine.discarding) return;
      try {
        const value: unknown = observe();
        // Observers are synchronous: a promise is an invalid value, and its rejection must not end the process.
        onRejection(value, failed);
        if (value !== undefined) engine.leniently(() => this.record(value));
      } catch (cause) {
        failed(cause);
      }
    });
  }

  incr(amountOrTags?: number | Tags, tags?: Tags): void {
    const { engine } = this;
    // The usual call, counting one of a known series, without the checks that cannot concern it.
    if (
      this.#generation === engine.plainGeneration &&
      tags === undefined &&
      typeof amountOrTags === 'object' &&
      amountOrTags !== null &&
      this.#isCounter
    ) {
      try {
        const root = this.#root!;
        const id = findPath(root, amountOrTags, undefined);
        if (id >= 0 && id !== root.id) {
          engine.recentlyUsed[id] = 1;
          engine.backend.incr(id, 1, 1);
          return;
        }
      } catch (error) {
        return engine.recordingFailed(error, this.key);
      }
    }
    if (typeof amountOrTags === 'object' && amountOrTags !== null) {
      if (tags === undefined) this.record(1, amountOrTags);
      else this.scope.reportMisplaced(this.key);
    } else this.record(amountOrTags === undefined && arguments.length !== 1 ? 1 : amountOrTags, tags);
  }

  set(value: number, tags?: Tags): void {
    this.record(value, tags);
  }

  add(member: string | number, tags?: Tags): void {
    this.record(member, tags);
  }

  timer<Result>(tagsOrFn: Tags | undefined | TimedFunction<Result>, fn?: TimedFunction<Result>): Result {
    const [tags, timed] = splitArguments<Tags, TimedFunction<Result>>(tagsOrFn, fn);
    return timeCall(this.engine, { tags }, timed, (milliseconds, copy) => this.record(milliseconds, copy ?? tags));
  }

  /** Returns the metric's cache in the current generation; `undefined` if the sample was counted as discarded or dropped. */
  currentCache(): MetricCache | undefined {
    const { engine, scope } = this;
    if (this.#generation === engine.generation) return this.#cache;
    if (scope.generation !== engine.generation && !scope.refresh()) return undefined;
    this.#cache = scope.findOrAddCache(this.kind, this.key, this.definition.unit, this.definition.internal);
    if (this.#cache !== undefined) {
      this.#root = this.#cache.root;
      this.#generation = engine.generation;
    }
    return this.#cache;
  }

  record(value: unknown, tags?: Tags): void {
    const { engine, kind } = this;
    try {
      const cache = this.currentCache();
      if (cache === undefined) return;
      const rate = engine.checkSample(kind, this.key, value, engine.sampleRate);
      if (rate === 0) return;
      const context = engine.context?.current();
      let id = cachedSeries(cache, context, tags);
      id = id === NOT_FOUND ? this.scope.openSeries(cache, tags, undefined, context) : this.scope.markUsed(id);
      if (id >= 0) emit(engine.backend, kind, id, value, rate);
    } catch (error) {
      engine.recordingFailed(error, this.key);
    }
  }

  /** Returns the handle of the series with these tags: the existing one, or a new one. */
  with(tags: Tags): SeriesHandle {
    const { engine } = this;
    const Handle = this.#isCounter ? BoundCounter : SeriesHandle;
    const copy = copyTags({ tags });
    const handle = new Handle(this, copy ?? tags);
    let known: SeriesHandle | undefined;
    engine.withoutSample(() => {
      try {
        // Invalid tags are kept as they are, so that each sample is dropped and reported.
        if (copy && handle.refresh(0)) known = engine.series.handles[handle.id] as SeriesHandle;
      } catch (error) {
        engine.recordingFailed(error, this.key);
      }
    });
    return known?.isFor(this, copy!) ? known : handle;
  }
}

/** Returns the amount of a call without one: 1, but an `undefined` that was passed is invalid. */
function amountWithout({ length }: IArguments): number {
  return length === 0 ? 1 : (undefined as never);
}

/** Returns a string that is equal for equal tags. */
function tagsText(tags: Tags): string {
  const present = Object.entries(tags).filter(([, value]) => value !== undefined && value !== null);
  return tagKeys(new Map(present.map(([tag, value]) => [tag, String(value)]))).join();
}

/** An instrument bound to one series, whose id it keeps while the generation lasts. */
class SeriesHandle implements CounterHandle, GaugeHandle, TimingHandle, DistributionHandle, SetHandle {
  readonly engine: Engine;
  readonly kind: MetricKind;
  id: SeriesId = NOT_FOUND;
  generation = NO_GENERATION;
  readonly key: string;
  readonly #instrument: DeclaredInstrument;
  readonly #tags: Tags;

  constructor(instrument: DeclaredInstrument, tags: Tags) {
    this.engine = instrument.engine;
    this.kind = instrument.kind;
    this.key = instrument.key;
    this.#instrument = instrument;
    this.#tags = tags;
  }

  incr(amount = amountWithout(arguments)): void {
    this.record(amount);
  }

  set(value: number): void {
    this.record(value);
  }

  add(member: string | number): void {
    this.record(member);
  }

  record(value: unknown): void {
    const { engine, kind } = this;
    try {
      if (this.generation !== engine.generation && !this.refresh()) return;
      const rate = engine.checkSample(kind, this.key, value, engine.sampleRate);
      if (rate === 0) return;
      engine.series.recentlyUsed[this.id] = 1;
      emit(engine.backend, kind, this.id, value, rate);
    } catch (error) {
      engine.recordingFailed(error, this.key);
    }
  }

  /**
   * Returns true if the handle was bound with these tags. One that only has the same series may get another one later: values
   * beyond a limit become one series, and so do tags of the registration and equal tags of a call.
   */
  isFor(instrument: DeclaredInstrument, tags: Tags): boolean {
    return this.#instrument === instrument && tagsText(this.#tags) === tagsText(tags);
  }

  /** Finds or opens the series. Returns false if there is none; `samples` are counted as discarded if nothing receives them. */
  refresh(samples = 1): boolean {
    const { engine } = this;
    if (engine.discarding) {
      engine.discarded += samples;
      return false;
    }
    const cache = this.#instrument.currentCache();
    if (cache === undefined) return false;
    this.id = this.#instrument.scope.openSeries(cache, this.#tags);
    if (this.id < 0) return false;
    this.generation = engine.generation;
    engine.series.handles[this.id] ??= this;
    return true;
  }
}

/** The handle of a counter, with a short way for what hot loops do. */
class BoundCounter extends SeriesHandle {
  override incr(amount = amountWithout(arguments)): void {
    const { engine } = this;
    if (this.generation !== engine.plainGeneration || !Number.isFinite(amount)) return this.record(amount);
    try {
      engine.recentlyUsed[this.id] = 1;
      engine.backend.incr(this.id, amount, 1);
    } catch (error) {
      engine.recordingFailed(error, this.key);
    }
  }
}
