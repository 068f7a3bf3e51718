// Observers of gauges, which are read at each collect, and the levels that `add` moves.
import type { SeriesId } from '../metrics-backend.js';
import { grow } from '../series/interning.js';
import { GaugeLevel, type LevelHandle } from './gauge-level.js';
import type { GaugeObserver, ObserverHost } from './gauge-observer.js';

/** The part of an engine that gauges need. */
interface GaugesHost extends ObserverHost {
  readonly generation: number;
  readonly discarding: boolean;
  readonly active: { readonly rules: { readonly maxMetrics: number; readonly maxSeries: number } };
  readonly series: { family(id: SeriesId): { readonly key: string } };
  withoutSample(run: () => void): void;
  end(ids: readonly SeriesId[]): void;
}

/** Levels of 0 that are kept while nothing is registered. */
const MAX_ZEROS = 1000;

/** The observers and the levels of all gauges. */
export class Gauges {
  /** Levels that are not 0, or became 0 since the last collect, by their gauge and its tags. */
  readonly levels: Map<string, GaugeLevel> = new Map();
  readonly #observers = new Set<GaugeObserver>();
  readonly #engine: GaugesHost;
  /** The number of the registration whose series the columns below belong to. */
  #registration = 0;
  /** By series id: its last value, or NaN. `add` starts from it. */
  #values = new Float64Array(64).fill(Number.NaN);
  #levelOf: (GaugeLevel | undefined)[] = [];
  /** By series id: the observer that set it last. */
  #observerOf: (GaugeObserver | undefined)[] = [];
  #reading: GaugeObserver | undefined;
  /** The number of levels at which those of 0 are forgotten, if nothing is registered. */
  #forgetAt = MAX_ZEROS;
  /** The generation in which every level found its series. */
  #linked = -1;

  constructor(engine: GaugesHost) {
    this.#engine = engine;
  }

  /** Forgets all series, whose ids mean nothing from now on. */
  restart(): void {
    this.#registration += 1;
    this.#values.fill(Number.NaN);
    this.#levelOf = [];
    this.#observerOf = [];
  }

  /** Forgets a series that is released. */
  forget(id: SeriesId): void {
    if (id < this.#values.length) this.#values[id] = Number.NaN;
    // Assigning beyond their end would lengthen them.
    if (id < this.#levelOf.length) this.#levelOf[id] = undefined;
    if (id < this.#observerOf.length) this.#observerOf[id] = undefined;
  }

  /** Keeps the value of a sample. */
  keep(id: SeriesId, value: number): void {
    while (id >= this.#values.length) this.#values = grow(this.#values, Number.NaN);
    this.#values[id] = value;
    if (this.levels.size > 0) {
      const level = this.#levelOf[id];
      if (level !== undefined) level.value = value;
    }
    if (this.#reading !== undefined) this.#keepObserved(this.#reading, id);
  }

  #keepObserved(observer: GaugeObserver, id: SeriesId): void {
    // A reading may set other gauges as well, which are not its own.
    if (this.#engine.series.family(id).key !== observer.key) return;
    observer.startIn(this.#registration);
    observer.series.add(id);
    this.#observerOf[id] = observer;
  }

  /** Adds an observer. Returns false if there are as many as there may be metrics. */
  observe(observer: GaugeObserver): boolean {
    const hasRoom = this.#observers.size < this.#engine.active.rules.maxMetrics;
    if (hasRoom) this.#observers.add(observer);
    return hasRoom;
  }

  /** Removes an observer, and ends the series that it set last. */
  remove(observer: GaugeObserver): void {
    // One that is being read ends with its reading.
    if (this.#observers.delete(observer) && this.#reading !== observer) this.#end([observer]);
  }

  /** Removes the observers that no declaration asks for. */
  close(): void {
    for (const observer of this.#observers) if (!observer.isDeclared) this.#observers.delete(observer);
  }

  /** Reads the observers, ends the series that they no longer set, and repeats the levels. */
  collect(): void {
    // A copy, because an observer may add others, and remove any.
    const observers = Array.from(this.#observers);
    for (const observer of observers) {
      if (this.#engine.discarding) return;
      if (!this.#observers.has(observer)) continue;
      observer.startReading(this.#registration);
      this.#reading = observer;
      observer.read();
      this.#reading = undefined;
    }
    this.#end(observers);
    if (!this.#engine.discarding) this.#engine.leniently(() => this.#engine.withoutSample(() => this.#repeatLevels()));
  }

  /** Ends the series that these observers no longer set, and all of those that were removed. */
  #end(observers: readonly GaugeObserver[]): void {
    const ended: SeriesId[] = [];
    for (const observer of observers) {
      observer.startIn(this.#registration);
      const isRemoved = !this.#observers.has(observer);
      for (const id of observer.before)
        if (this.#observerOf[id] === observer && !observer.series.has(id)) ended.push(id);
      for (const id of isRemoved ? observer.series : []) if (this.#observerOf[id] === observer) ended.push(id);
      observer.before.clear();
    }
    this.#engine.end(ended);
  }

  /** Sends each level again: without it, one that does not move would vanish at a receiver. */
  #repeatLevels(): void {
    this.link();
    for (const level of this.levels.values()) {
      const { handle, value } = level;
      handle.record(value);
      // It is quiet after 0, and so is one without a series: its tags are invalid, or its metric is denied.
      if (value === 0 || handle.generation !== this.#engine.generation) this.letGo(level);
    }
  }

  /** Has each level find its series in a new generation, so that a sample of any caller finds the level of its series. */
  link(): void {
    const { generation, discarding } = this.#engine;
    if (this.levels.size === 0 || this.#linked === generation || discarding) return;
    this.#linked = generation;
    this.#engine.leniently(() =>
      this.#engine.withoutSample(() => {
        for (const level of this.levels.values())
          if (level.handle.refresh(0) && level.handle.id >= 0) this.#place(level);
      }),
    );
  }

  /** Makes a level that of its series. Two that became one series by the tags of a registration become one level. */
  #place(level: GaugeLevel): void {
    const { id } = level.handle;
    const other = this.#levelOf[id];
    if (other?.isHeld && other !== level) {
      other.value += level.value;
      level.value = 0;
      this.letGo(level);
    } else this.#levelOf[id] = level;
  }

  /** Returns the level of an open series, if something was added to it. */
  levelOf(id: SeriesId): GaugeLevel | undefined {
    return this.#levelOf[id];
  }

  /**
   * Returns the level of a handle's series, held from now on; `undefined` if there are too many.
   *
   * @param id the series, or a negative number while it has none.
   */
  hold(handle: LevelHandle, id: SeriesId): GaugeLevel | undefined {
    const key = handle.levelKey();
    // Handles with different tags may have one series: they share its level.
    const shared = id < 0 ? undefined : this.#levelOf[id];
    let level = shared?.isHeld ? shared : this.levels.get(key);
    if (level === undefined) {
      if (this.levels.size >= this.#forgetAt && this.#engine.discarding) this.#forgetZeros();
      if (this.levels.size >= this.#engine.active.rules.maxSeries) return undefined;
      const known = id < 0 ? Number.NaN : this.#values[id]!;
      level = new GaugeLevel(key, handle, known >= 0 || known < 0 ? known : handle.last);
      this.levels.set(key, level);
    }
    if (id >= 0) this.#levelOf[id] = level;
    return level;
  }

  /** Forgets the levels of 0, which no collect does while nothing is registered. */
  #forgetZeros(): void {
    for (const level of this.levels.values()) if (level.value === 0) this.letGo(level);
    this.#forgetAt = Math.max(MAX_ZEROS, 2 * this.levels.size);
  }

  /** Forgets a level, which is 0 or has no series. */
  letGo(level: GaugeLevel): void {
    level.isHeld = false;
    level.handle.last = level.value;
    this.levels.delete(level.key);
    const { id } = level.handle;
    if (this.#levelOf[id] === level) this.#levelOf[id] = undefined;
  }
}
