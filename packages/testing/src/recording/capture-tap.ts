import type { BackendStats, Metrics, MetricsBackend, MetricsEvent, Problem, ServiceCheck } from '@metrics/core';
import { tap } from '@metrics/core/backend';
import type { RecordedSample } from './recorded-sample.js';
import type { Recording } from './recording.js';
import { SampleReceiver } from './sample-receiver.js';

/** Listens in on one `Metrics` while any capture runs, and hands each sample to the captures it belongs to. */
export class CaptureTap extends SampleReceiver implements MetricsBackend {
  readonly #metrics: Metrics;
  /** Asked at each sample, in the async context of its caller. */
  readonly #recordings: () => readonly Recording[];
  #captures = 0;
  #tap: Disposable | undefined;

  constructor(metrics: Metrics, recordings: () => readonly Recording[]) {
    super();
    this.#metrics = metrics;
    this.#recordings = recordings;
  }

  join(): void {
    this.#captures += 1;
    this.#tap ??= tap(this.#metrics, { backend: this, onProblem: (problem) => this.#problem(problem) });
  }

  leave(): void {
    this.#captures -= 1;
    if (this.#captures > 0) return;
    this.#tap?.[Symbol.dispose]();
    this.#tap = undefined;
    this.forgetSeries();
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

  protected override receive(sample: RecordedSample | undefined): void {
    if (sample === undefined) return;
    for (const recording of this.#recordings()) recording.addSample(sample);
  }

  #problem(problem: Problem): void {
    for (const recording of this.#recordings()) recording.addProblem(problem);
  }
}
