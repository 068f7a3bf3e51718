import type { Engine } from '../engine/engine.js';
import { GaugeObserver } from '../engine/gauge-observer.js';
import type { MetricKind } from '../metrics-backend.js';
import { NOT_FOUND } from '../series/series-result.js';
import { findPath, type TrieNode } from '../series/tag-trie.js';
import type { Tags } from '../series/tags.js';
import { bindMethods } from './bind-methods.js';
import type {
  Counter,
  Distribution,
  Gauge,
  GaugeDefinition,
  GaugeReader,
  Observation,
  SetInstrument,
  TimerDefinition,
  Timing,
} from './instrument.js';
import type { MetricCache } from './metric-cache.js';
import type { Scope } from './scope.js';
import { BoundCounter, BoundGauge, NO_GENERATION, SeriesHandle } from './series-handle.js';
import { copyTags, splitArguments, type TimedFunction, timeCall } from './timer.js';

/** By unit of time, in the singular as receivers know it. */
const MILLISECONDS: ReadonlyMap<unknown, number> = /* @__PURE__ */ new Map([
  ['nanosecond', 1e-6],
  ['microsecond', 1e-3],
  ['second', 1e3],
  ['minute', 6e4],
  ['hour', 3.6e6],
]);

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
  readonly definition: GaugeDefinition & TimerDefinition;
  /** The function of a declaration, which reads the gauge for the life of the process. */
  observed: GaugeReader<string> | undefined;
  readonly #isCounter: boolean;
  #cache: MetricCache | undefined;
  #root: TrieNode | undefined;
  #generation = NO_GENERATION;

  constructor(scope: Scope, kind: MetricKind, key: string, definition: GaugeDefinition & TimerDefinition) {
    this.scope = scope;
    this.engine = scope.engine;
    this.kind = kind;
    this.#isCounter = kind === 'counter';
    this.key = key;
    this.definition = definition;
    bindMethods(this, DeclaredInstrument.prototype);
  }

  observe(read: GaugeReader<string>): Observation {
    return this.#observe(read, false);
  }

  /** Reads the gauge with the function of a declaration, of which the first one holds. */
  observeDeclared(read: GaugeReader<string> | undefined): void {
    if (read === undefined || this.observed !== undefined) return;
    this.observed = read;
    this.#observe(read, true);
  }

  #observe(read: GaugeReader<string>, isDeclared: boolean): Observation {
    const { engine } = this;
    const fullKey = this.scope.fullKey(this.key);
    const observer = new GaugeObserver(
      engine,
      fullKey,
      isDeclared,
      () => read(this),
      (value) => this.record(value),
    );
    if (!engine.gauges.observe(observer))
      engine.report(
        'too_many_metrics',
        fullKey,
        'Too many observers of gauges: this one is never read. Dispose others.',
      );
    const dispose = (): void => engine.gauges.remove(observer);
    return { dispose, [Symbol.dispose]: dispose };
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
        const id = findPath(this.#root!, amountOrTags);
        if (id >= 0) {
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
    // Nothing is open, so only a handle finds a level.
    if (this.engine.discarding && this.engine.gauges.levels.size > 0) this.#gaugeWith(tags).set(value);
    else this.record(value, tags);
  }

  /** Adds to a gauge, or a member to a set. */
  add(amountOrMember?: string | number, tags?: Tags): void {
    if (this.kind !== 'gauge') return this.record(amountOrMember, tags);
    const { engine } = this;
    const amount = amountOrMember === undefined && arguments.length !== 1 ? 1 : (amountOrMember as number);
    try {
      // Tags of the context would differ between up and down.
      const id = this.#generation === engine.generation ? findPath(this.#root!, tags) : NOT_FOUND;
      const level = id < 0 ? undefined : engine.gauges.levelOf(id);
      const value = level !== undefined && Number.isFinite(amount) ? level.value + amount : Number.NaN;
      if (Number.isFinite(value)) engine.deliverGauge(id, value);
      else this.#gaugeWith(tags).add(amount);
    } catch (error) {
      engine.recordingFailed(error, this.key);
    }
  }

  #gaugeWith(tags: Tags | undefined): BoundGauge {
    return this.with(tags ?? {}) as BoundGauge;
  }

  timer<Result>(tagsOrFn: Tags | undefined | TimedFunction<Result>, fn?: TimedFunction<Result>): Result {
    const [tags, timed] = splitArguments<Tags, TimedFunction<Result>>(tagsOrFn, fn);
    const { definition } = this;
    if (this.kind === 'distribution') this.scope.declareTimed(this.key, definition);
    const divisor = (this.kind === 'distribution' && MILLISECONDS.get(definition.unit)) || 1;
    return timeCall(this.engine, { tags, result: definition.result }, timed, (milliseconds, copy) =>
      this.record(milliseconds / divisor, copy ?? tags),
    );
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
      let id = findPath(context === undefined ? cache.root : cache.rootFor(context), tags);
      if (id === NOT_FOUND) id = this.scope.openSeries(cache, tags, undefined, context);
      engine.deliver(kind, id, value, rate);
    } catch (error) {
      engine.recordingFailed(error, this.key);
    }
  }

  /** Returns the handle of the series with these tags: the existing one, or a new one. */
  with(tags: Tags): SeriesHandle {
    const { engine } = this;
    const Handle = this.#isCounter ? BoundCounter : this.kind === 'gauge' ? BoundGauge : SeriesHandle;
    const copy = copyTags({ tags });
    const handle = new Handle(this, copy ?? tags);
    let known: SeriesHandle | undefined;
    engine.withoutSample(() => {
      try {
        // Invalid tags are kept as they are, so that each sample is dropped and reported.
        if (copy && handle.refresh(0)) known = engine.series.handles[handle.id] as SeriesHandle | undefined;
      } catch (error) {
        engine.recordingFailed(error, this.key);
      }
    });
    return known?.isFor(this, copy!) ? known : handle;
  }
}
