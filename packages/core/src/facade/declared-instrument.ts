import { emit } from '../engine/emit.js';
import type { Engine } from '../engine/engine.js';
import type { MetricKind, SeriesId } from '../metrics-backend.js';
import { NOT_FOUND } from '../series/series-result.js';
import type { Tags } from '../series/tags.js';
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
import { copyProperties, ignoreErrors, splitArguments, type TimedFunction, timeCall } from './timer.js';

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
  #cache: MetricCache | undefined;
  #generation = -1;

  constructor(scope: Scope, kind: MetricKind, key: string, definition: GaugeDefinition) {
    this.scope = scope;
    this.engine = scope.engine;
    this.kind = kind;
    this.key = key;
    this.definition = definition;
  }

  /** Reads the gauge with `observe` at each flush. */
  observe(observe: () => number | undefined): void {
    const { engine, key } = this;
    engine.observers.add(() => {
      if (engine.discarding) return;
      let value: number | undefined;
      try {
        value = observe();
      } catch (cause) {
        engine.report('observe_failed', key, 'The gauge could not be read. See the cause.', { cause });
      }
      if (value !== undefined) ignoreErrors(() => this.record(value));
    });
  }

  incr(amountOrTags?: number | Tags, tags?: Tags): void {
    if (typeof amountOrTags === 'object' && amountOrTags !== null) {
      if (tags === undefined) this.record(1, amountOrTags);
      else this.scope.reportMisplaced(this.key);
    } else this.record(amountOrTags ?? 1, tags);
  }

  set(value: number, tags?: Tags): void {
    this.record(value, tags);
  }

  add(member: string | number, tags?: Tags): void {
    this.record(member, tags);
  }

  timer<Result>(tagsOrFn: Tags | undefined | TimedFunction<Result>, fn?: TimedFunction<Result>): Result {
    const [tags, timed] = splitArguments<Tags, TimedFunction<Result>>(tagsOrFn, fn);
    return timeCall(tags, timed, (milliseconds, allTags) => this.record(milliseconds, allTags));
  }

  /** Returns the metric's cache in the current generation; `undefined` if the sample was counted as discarded or dropped. */
  currentCache(): MetricCache | undefined {
    const { engine, scope } = this;
    if (this.#generation === engine.generation) return this.#cache;
    if (scope.generation !== engine.generation && !scope.refresh()) return undefined;
    this.#cache = scope.findOrAddCache(this.kind, this.key, this.definition.unit, this.definition.internal);
    if (this.#cache !== undefined) this.#generation = engine.generation;
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
    let handle: SeriesHandle | undefined;
    try {
      handle = new SeriesHandle(this, copyProperties(tags));
      if (handle.refresh(0)) return engine.series.handles[handle.id] as SeriesHandle;
    } catch (error) {
      engine.recordingFailed(error, this.key);
    }
    return handle ?? new SeriesHandle(this, {});
  }
}

/** An instrument bound to one series, whose id it keeps while the generation lasts. */
class SeriesHandle implements CounterHandle, GaugeHandle, TimingHandle, DistributionHandle, SetHandle {
  readonly engine: Engine;
  readonly kind: MetricKind;
  id: SeriesId = NOT_FOUND;
  generation = -1;
  readonly #instrument: DeclaredInstrument;
  readonly #tags: Tags;

  constructor(instrument: DeclaredInstrument, tags: Tags) {
    this.engine = instrument.engine;
    this.kind = instrument.kind;
    this.#instrument = instrument;
    this.#tags = tags;
  }

  incr(amount = 1): void {
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
      const rate = engine.checkSample(kind, this.#instrument.key, value, engine.sampleRate);
      if (rate === 0) return;
      engine.series.recentlyUsed[this.id] = 1;
      emit(engine.backend, kind, this.id, value, rate);
    } catch (error) {
      engine.recordingFailed(error, this.#instrument.key);
    }
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
