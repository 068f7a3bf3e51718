import type { BackendHost, BackendStats, MetricsBackend, MetricsEvent, Problem, ServiceCheck } from '@metrics/core';
import type { RecordedSample } from './recorded-sample.js';
import { Recording, type RecordingOptions } from './recording.js';
import { SampleReceiver } from './sample-receiver.js';

/**
 * Keeps every sample in memory and answers questions about them: `backend.recorded.counter('jobs.done')`. Another backend
 * may be registered over it without `replace`.
 *
 * A sample counts as sent while it is kept. Dropped: `capacity` (the oldest, beyond `maxSamples`), `closed` (recorded
 * after `close`), `unknown_series` (the id is not open). Sampling rates are recorded and nothing is left out.
 */
export class RecordingBackend extends SampleReceiver implements MetricsBackend {
  readonly replaceable = true;
  /** What was recorded; stays readable after `close`. */
  readonly recorded: Recording;
  readonly #dropped: Record<string, number> = {};
  #host: BackendHost | undefined;
  #accepted = 0;
  #closed = false;

  /** @throws RangeError when `maxSamples` is not a positive integer. */
  constructor(options?: RecordingOptions) {
    super();
    this.recorded = new Recording(options);
  }

  start(host: BackendHost): void {
    this.#host = host;
  }

  event(event: MetricsEvent): void {
    if (this.#accept()) this.#forgotten(this.recorded.addEvent(event));
  }

  serviceCheck(check: ServiceCheck): void {
    if (this.#accept()) this.#forgotten(this.recorded.addServiceCheck(check));
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {
    this.#closed = true;
    this.forgetSeries();
  }

  stats(): BackendStats {
    const lost = Object.values(this.#dropped).reduce((sum, count) => sum + count, 0);
    return {
      accepted: this.#accepted,
      sent: this.#accepted - lost,
      dropped: { ...this.#dropped },
      pending: 0,
      sampledOut: 0,
    };
  }

  protected override receive(sample: RecordedSample | undefined): void {
    if (!this.#accept()) return;
    if (sample !== undefined) this.#forgotten(this.recorded.addSample(sample));
    else this.#drop('unknown_series', 'A sample came for an id that is not open: open the series first.');
  }

  #accept(): boolean {
    this.#accepted += 1;
    if (this.#closed) this.#drop('closed', 'A sample came after close: register a new RecordingBackend.');
    return !this.#closed;
  }

  #forgotten(oldestWent: boolean): void {
    if (oldestWent) this.#drop('capacity', 'More was recorded than is kept: raise maxSamples, or clear() in between.');
  }

  #drop(code: string, message: string): void {
    this.#dropped[code] = (this.#dropped[code] ?? 0) + 1;
    const problem: Problem = { code, count: 1, message };
    this.recorded.addProblem(problem);
    try {
      this.#host?.report(problem);
    } catch {
      // A host never throws; should one, recording still must not.
    }
  }
}
