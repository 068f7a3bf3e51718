import { emit } from '../engine/emit.js';
import type { Engine } from '../engine/engine.js';
import type { MetricKind, SeriesId } from '../metrics-backend.js';
import { NOT_FOUND } from '../series/tag-trie.js';
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
import { type Entry, entryPath, type Scope } from './scope.js';
import { copied, functionLast, quietly, type TimerTags, timeRun } from './timer.js';

/**
 * A declared metric, of any kind: its interface shows the methods that fit one, and all of them record.
 *
 * It keeps the entry it found, as its handles keep their series, with the generation it found it in, and looks again when
 * the engine has moved on. So it may be made before `register` and follows whatever backend is in use.
 */
export class DeclaredInstrument
  implements Counter<string>, Gauge<string>, Timing<string>, Distribution<string>, SetInstrument<string>
{
  readonly scope: Scope;
  readonly engine: Engine;
  readonly key: string;
  readonly kind: MetricKind;
  readonly definition: GaugeDefinition;
  #entry: Entry | undefined;
  #generation = -1;

  constructor(scope: Scope, kind: MetricKind, key: string, definition: GaugeDefinition) {
    this.scope = scope;
    this.engine = scope.engine;
    this.kind = kind;
    this.key = key;
    this.definition = definition;
  }

  /** Has the gauge's observer read at each flush. */
  observe(observe: () => number | undefined): void {
    const { engine, key } = this;
    engine.observers.add(() => {
      if (engine.discarding) return;
      let value: number | undefined;
      try {
        value = observe();
      } catch (cause) {
        engine.quietTell('observe_failed', key, 'The gauge could not be read. See the cause.', { cause });
      }
      if (value !== undefined) quietly(() => this.record(value));
    });
  }

  incr(amountOrTags?: number | Tags, tags?: Tags): void {
    if (typeof amountOrTags === 'object' && amountOrTags !== null) {
      if (tags === undefined) this.record(1, amountOrTags);
      else this.scope.misplaced(this.key);
    } else this.record(amountOrTags ?? 1, tags);
  }

  set(value: number, tags?: Tags): void {
    this.record(value, tags);
  }

  add(member: string | number, tags?: Tags): void {
    this.record(member, tags);
  }

  timer<Result>(tagsOrFn: Tags | undefined | ((tags: TimerTags) => Result), fn?: (tags: TimerTags) => Result): Result {
    const [tags, run] = functionLast<Tags, (tags: TimerTags) => Result>(tagsOrFn, fn);
    return timeRun(tags, run, (milliseconds, ended) => this.record(milliseconds, ended));
  }

  /** Its entry in the current generation; `undefined` where the sample was counted as discarded or dropped. */
  current(): Entry | undefined {
    const { engine, scope } = this;
    if (this.#generation === engine.generation) return this.#entry;
    if (scope.generation !== engine.generation && !scope.renew()) return undefined;
    this.#entry = scope.entry(this.kind, this.key, this.definition.unit, this.definition.internal);
    if (this.#entry !== undefined) this.#generation = engine.generation;
    return this.#entry;
  }

  record(value: unknown, tags?: Tags): void {
    const { engine, kind } = this;
    try {
      const entry = this.current();
      if (entry === undefined) return;
      const rate = engine.admit(kind, this.key, value, engine.sampleRate);
      if (rate === 0) return;
      const context = engine.context?.current();
      let id = entryPath(entry, context, tags);
      id = id === NOT_FOUND ? this.scope.open(entry, tags, undefined, context) : this.scope.touched(id);
      if (id >= 0) emit(engine.backend, kind, id, value, rate);
    } catch (error) {
      engine.caught(error, this.key);
    }
  }

  /** The handle of the series with these tags: one that exists, or a new one. */
  with(tags: Tags): BoundSeries {
    const { engine } = this;
    let handle: BoundSeries | undefined;
    try {
      handle = new BoundSeries(this, copied(tags));
      if (handle.renew(0)) return engine.series.handles[handle.id] as BoundSeries;
    } catch (error) {
      engine.caught(error, this.key);
    }
    return handle ?? new BoundSeries(this, {});
  }
}

/** One series of an instrument: its id, while that holds. */
class BoundSeries implements CounterHandle, GaugeHandle, TimingHandle, DistributionHandle, SetHandle {
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
      if (this.generation !== engine.generation && !this.renew()) return;
      const rate = engine.admit(kind, this.#instrument.key, value, engine.sampleRate);
      if (rate === 0) return;
      engine.series.touched[this.id] = 1;
      emit(engine.backend, kind, this.id, value, rate);
    } catch (error) {
      engine.caught(error, this.#instrument.key);
    }
  }

  /** Finds its series anew. Answers false where there is none; `samples` are then counted as lost. */
  renew(samples = 1): boolean {
    const { engine } = this;
    if (engine.discarding) {
      engine.discarded += samples;
      return false;
    }
    const entry = this.#instrument.current();
    if (entry === undefined) return false;
    this.id = this.#instrument.scope.open(entry, this.#tags);
    if (this.id < 0) return false;
    this.generation = engine.generation;
    engine.series.handles[this.id] ??= this;
    return true;
  }
}
