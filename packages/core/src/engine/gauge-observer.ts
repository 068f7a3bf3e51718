import type { SeriesId } from '../metrics-backend.js';
import type { ProblemCode } from '../problems/problem.js';
import { onRejection } from '../problems/problem-reporter.js';

/** The part of an engine that an observer needs. */
export interface ObserverHost {
  leniently(record: () => void): void;
  report(code: ProblemCode, metric: string, message: string, details?: { readonly cause?: unknown }): unknown;
}

/** A function that sets series of one gauge at each collect, and the series that it has set. */
export class GaugeObserver {
  /** The full key of its gauge. */
  readonly key: string;
  /** True if it belongs to a declaration, which outlives `close`. */
  readonly isDeclared: boolean;
  /** The series set by the last reading, or by the one under way. */
  series: Set<SeriesId> = new Set();
  /** The series set by the reading before it, while a collect lasts. */
  before: Set<SeriesId> = new Set();
  readonly #engine: ObserverHost;
  readonly #read: () => unknown;
  readonly #set: (value: unknown) => void;
  #registration = -1;

  constructor(
    engine: ObserverHost,
    key: string,
    isDeclared: boolean,
    read: () => unknown,
    set: (value: unknown) => void,
  ) {
    this.#engine = engine;
    this.key = key;
    this.isDeclared = isDeclared;
    this.#read = read;
    this.#set = set;
  }

  /** Forgets the series of another registration. */
  startIn(registration: number): void {
    if (this.#registration === registration) return;
    this.#registration = registration;
    this.series.clear();
    this.before.clear();
  }

  startReading(registration: number): void {
    this.startIn(registration);
    const { before } = this;
    before.clear();
    this.before = this.series;
    this.series = before;
  }

  /** Reads it once. Never throws. */
  read(): void {
    const engine = this.#engine;
    engine.leniently(() => {
      try {
        const value = this.#read();
        if (typeof (value as { then?: unknown } | undefined | null)?.then === 'function') this.#isAsync(value);
        else if (value !== undefined) this.#set(value);
      } catch (cause) {
        engine.report('observe_failed', this.key, 'The gauge could not be read. See the cause.', { cause });
        this.#keepSeries();
      }
    });
  }

  #isAsync(promise: unknown): void {
    const message =
      'The function of an observed gauge returned a promise, but it is read synchronously: set() the gauge when the value is there.';
    this.#engine.report('observe_async', this.key, message);
    onRejection(promise, () => {});
    this.#keepSeries();
  }

  /** A reading that failed does not say which series have ended. */
  #keepSeries(): void {
    for (const id of this.before) this.series.add(id);
  }
}
