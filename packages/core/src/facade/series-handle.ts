// The handles of declared metrics.
import type { Engine } from '../engine/engine.js';
import type { GaugeLevel, LevelHandle } from '../engine/gauge-level.js';
import type { MetricKind, SeriesId } from '../metrics-backend.js';
import { NOT_FOUND } from '../series/series-result.js';
import { TAG_SEPARATOR, type Tags, tagKeys } from '../series/tags.js';
import { warnDetached } from './bind-methods.js';
import type { CounterHandle, DistributionHandle, GaugeHandle, SetHandle, TimingHandle } from './instrument.js';
import type { MetricCache } from './metric-cache.js';
import type { Scope } from './scope.js';

/** The part of a declared metric that its handles need. */
interface BindableInstrument {
  readonly engine: Engine;
  readonly kind: MetricKind;
  readonly key: string;
  readonly scope: Scope;
  currentCache(): MetricCache | undefined;
}

/** Equal to no generation of an engine, not even to a plain one. */
export const NO_GENERATION = -2;

/** Returns the amount of a call without one: 1, but an `undefined` that was passed is invalid. */
function amountWithout({ length }: IArguments): number {
  return length === 0 ? 1 : (undefined as never);
}

/** Returns a string that is equal for equal tags. */
function tagsText(tags: Tags, others: Iterable<readonly [string, string]> = []): string {
  const all = new Map(others);
  for (const [tag, value] of Object.entries(tags))
    if (value !== undefined && value !== null) all.set(tag, String(value));
  return tagKeys(all).join(TAG_SEPARATOR);
}

/** An instrument bound to one series, whose id it keeps while the generation lasts. */
export class SeriesHandle implements CounterHandle, GaugeHandle, TimingHandle, DistributionHandle, SetHandle {
  readonly engine: Engine;
  readonly kind: MetricKind;
  id: SeriesId = NOT_FOUND;
  generation: number = NO_GENERATION;
  readonly key: string;
  readonly instrument: BindableInstrument;
  readonly tags: Tags;

  constructor(instrument: BindableInstrument, tags: Tags) {
    this.engine = instrument.engine;
    this.kind = instrument.kind;
    this.key = instrument.key;
    this.instrument = instrument;
    this.tags = tags;
  }

  incr(amount: number = amountWithout(arguments)): void {
    record(this, amount);
  }

  set(value: number): void {
    record(this, value);
  }

  add(member?: string | number): void {
    record(this, member);
  }

  record(value: unknown): void {
    record(this, value);
  }

  /**
   * Returns true if the handle was bound with these tags. One that only has the same series may get another one later: values
   * beyond a limit become one series, and so do tags of the registration and equal tags of a call.
   */
  isFor(instrument: BindableInstrument, tags: Tags): boolean {
    return this.instrument === instrument && tagsText(this.tags) === tagsText(tags);
  }

  /** Finds or opens the series. Returns false if there is none; `samples` are counted as discarded if nothing receives them. */
  refresh(samples = 1): boolean {
    const { engine } = this;
    if (engine.discarding) {
      engine.discarded += samples;
      return false;
    }
    const cache = this.instrument.currentCache();
    if (cache === undefined) return false;
    this.id = this.instrument.scope.openSeries(cache, this.tags);
    if (this.id === NOT_FOUND) return false;
    this.generation = engine.generation;
    if (this.id >= 0) engine.series.handles[this.id] ??= this;
    return true;
  }
}

/** The handle of a counter, with a short way for what hot loops do. */
export class BoundCounter extends SeriesHandle {
  override incr(amount: number = amountWithout(arguments)): void {
    try {
      const { engine } = this;
      if (this.generation === engine.plainGeneration && Number.isFinite(amount)) {
        engine.recentlyUsed[this.id] = 1;
        engine.backend.incr(this.id, amount, 1);
        return;
      }
    } catch (error) {
      return recordingFailed(this, error);
    }
    record(this, amount);
  }
}

/** The handle of a gauge, which may be moved. */
export class BoundGauge extends SeriesHandle implements LevelHandle {
  /** `add` starts from it, if the series is not open. */
  last = 0;
  #level: GaugeLevel | undefined;
  #levelKey: string | undefined;

  override set(value: number): void {
    try {
      const { engine } = this;
      if (Number.isFinite(value)) {
        this.last = value;
        if (this.generation === engine.generation && this.id >= 0) return engine.deliverGauge(this.id, value);
        const level = engine.gauges.levels.size > 0 && engine.gauges.levels.get(this.levelKey());
        if (level) level.value = value;
      }
    } catch (error) {
      return recordingFailed(this, error);
    }
    record(this, value);
  }

  override add(given?: string | number): void {
    try {
      const { engine } = this;
      const level = this.#level;
      const amount = arguments.length === 0 ? 1 : given;
      if (level?.isHeld && typeof amount === 'number') {
        const value = level.value + amount;
        if (Number.isFinite(value)) {
          if (this.generation === engine.generation && this.id >= 0) return engine.deliverGauge(this.id, value);
          if (engine.discarding) {
            level.value = value;
            engine.discarded += 1;
            return;
          }
        }
      }
      this.#addSlowly(amount as number);
    } catch (error) {
      recordingFailed(this, error);
    }
  }

  /** Adds if the series or the level must be found first. */
  #addSlowly(amount: number): void {
    const { engine } = this;
    const { gauges } = engine;
    if (!Number.isFinite(amount)) return record(this, amount);
    const isOpen = this.generation === engine.generation || this.refresh();
    // The level moves as well while nothing is registered, and without room for its series. Other samples were dropped.
    if (!isOpen && !engine.discarding) return;
    const level = gauges.hold(this, isOpen ? this.id : NOT_FOUND);
    if (level === undefined) {
      if (isOpen)
        engine.drop('too_many_series', this.key, 'Too many gauges are not 0: does each add(1) have its add(-1)?');
      return;
    }
    this.#level = level;
    const value = level.value + amount;
    if (!Number.isFinite(value)) return record(this, value);
    level.value = value;
    if (isOpen) engine.deliver(this.kind, this.id, value, 1);
  }

  /** Tags of the registration are not in it: another one may have others. */
  levelKey(): string {
    const { scope, key } = this.instrument;
    this.#levelKey ??= scope.fullKey(key) + TAG_SEPARATOR + tagsText(this.tags, scope.tags);
    return this.#levelKey;
  }
}

/** @param handle anything, if the method was taken from its handle. */
function record(handle: SeriesHandle, value: unknown): void {
  try {
    const { engine, kind } = handle;
    if (handle.generation !== engine.generation && !handle.refresh()) return;
    const rate = engine.checkSample(kind, handle.key, value, engine.sampleRate);
    if (rate > 0) engine.deliver(kind, handle.id, value, rate);
  } catch (error) {
    recordingFailed(handle, error);
  }
}

function recordingFailed(handle: SeriesHandle, error: unknown): void {
  if (handle instanceof SeriesHandle) handle.engine.recordingFailed(error, handle.key);
  else warnDetached();
}
