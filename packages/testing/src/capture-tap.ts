import type {
  BackendStats,
  Metrics,
  MetricsBackend,
  MetricsEvent,
  Problem,
  Series,
  SeriesId,
  ServiceCheck,
} from '@metrics/core';
import { OpenSeries } from './open-series.js';
import type { RecordedSample } from './recorded-sample.js';
import type { Recording } from './recording.js';

/** Listens in on one `Metrics` while any capture runs, and hands each sample to the captures it belongs to. */
export class CaptureTap implements MetricsBackend {
  readonly #metrics: Metrics;
  /** Asked at each sample, in the async context of its caller. */
  readonly #recordings: () => readonly Recording[];
  readonly #open = new OpenSeries();
  #captures = 0;
  #tap: Disposable | undefined;

  constructor(metrics: Metrics, recordings: () => readonly Recording[]) {
    this.#metrics = metrics;
    this.#recordings = recordings;
  }

  join(): void {
    this.#captures += 1;
    this.#tap ??= this.#metrics.tap({ backend: this, onProblem: (problem) => this.#problem(problem) });
  }

  leave(): void {
    this.#captures -= 1;
    if (this.#captures > 0) return;
    this.#tap?.[Symbol.dispose]();
    this.#tap = undefined;
    this.#open.clear();
  }

  open(id: SeriesId, series: Series): void {
    this.#open.open(id, series);
  }

  release(id: SeriesId): void {
    this.#open.release(id);
  }

  incr(id: SeriesId, amount: number, sampleRate: number): void {
    this.#sample(this.#open.value(id, 'counter', amount, sampleRate));
  }

  gauge(id: SeriesId, value: number): void {
    this.#sample(this.#open.value(id, 'gauge', value, 1));
  }

  timing(id: SeriesId, milliseconds: number, sampleRate: number): void {
    this.#sample(this.#open.value(id, 'timing', milliseconds, sampleRate));
  }

  distribution(id: SeriesId, value: number, sampleRate: number): void {
    this.#sample(this.#open.value(id, 'distribution', value, sampleRate));
  }

  set(id: SeriesId, member: string): void {
    this.#sample(this.#open.member(id, member));
  }

  recordAt(id: SeriesId, value: number, epochSeconds: number): void {
    this.#sample(this.#open.valueAt(id, value, epochSeconds));
  }

  event(event: MetricsEvent): void {
    for (const recording of this.#recordings()) recording.addEvent(event);
  }

  serviceCheck(check: ServiceCheck): void {
    for (const recording of this.#recordings()) recording.addServiceCheck(check);
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {}

  /** A listener has no books: what it hears is counted by the backend. */
  stats(): BackendStats {
    return { accepted: 0, sent: 0, dropped: {}, pending: 0, sampledOut: 0 };
  }

  #sample(sample: RecordedSample | undefined): void {
    if (sample === undefined) return;
    for (const recording of this.#recordings()) recording.addSample(sample);
  }

  #problem(problem: Problem): void {
    for (const recording of this.#recordings()) recording.addProblem(problem);
  }
}
