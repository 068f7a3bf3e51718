import type { BackendStats, Metrics, MetricsBackend, MetricsEvent, Problem, ServiceCheck } from '@metrics/core';
import { tap } from '@metrics/core/backend';
import type { RecordedSample, RecordedSeries } from './recorded-sample.js';
import type { Recording } from './recording.js';
import { SampleReceiver } from './sample-receiver.js';
import { withTagObject } from './tag-object.js';

/** Receives the samples of one `Metrics` while captures run, and adds each to the recordings of its captures. */
export class CaptureTap extends SampleReceiver implements MetricsBackend {
  readonly #metrics: Metrics;
  /** Called for each sample, in the async context of the code that recorded it. */
  readonly #recordings: () => readonly Recording[];
  #captures = 0;
  #tap: Disposable | undefined;

  constructor(metrics: Metrics, recordings: () => readonly Recording[]) {
    super();
    this.#metrics = metrics;
    this.#recordings = recordings;
  }

  /** Taps the metrics, if no capture does so yet. */
  join(): void {
    this.#captures += 1;
    this.#tap ??= tap(this.#metrics, { backend: this, onProblem: (problem) => this.#problem(problem) });
  }

  /** Removes the tap after the last capture. */
  leave(): void {
    this.#captures -= 1;
    if (this.#captures > 0) return;
    this.#tap?.[Symbol.dispose]();
    this.#tap = undefined;
    this.forgetSeries();
  }

  event(event: MetricsEvent): void {
    for (const recording of this.#recordings()) recording.addEvent(withTagObject(event));
  }

  serviceCheck(check: ServiceCheck): void {
    for (const recording of this.#recordings()) recording.addServiceCheck(withTagObject(check));
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {}

  /** Returns zeros: the registered backend counts the samples. */
  stats(): BackendStats {
    return { accepted: 0, sent: 0, dropped: {}, pending: 0, sampledOut: 0 };
  }

  protected override end(series: RecordedSeries): void {
    for (const recording of this.#recordings()) recording.addEnd(series);
  }

  protected override receive(sample: RecordedSample | undefined): void {
    if (sample === undefined) return;
    for (const recording of this.#recordings()) recording.addSample(sample);
  }

  #problem(problem: Problem): void {
    for (const recording of this.#recordings()) recording.addProblem(problem);
  }
}
