import type { BackendHost, BackendStats, MetricsBackend, MetricsEvent, Problem, ServiceCheck } from '@metrics/core';
import type { RecordedSample, RecordedSeries } from './recorded-sample.js';
import { Recording, type RecordingOptions } from './recording.js';
import { SampleReceiver } from './sample-receiver.js';
import { withTagObject } from './tag-object.js';

/**
 * Keeps every sample in memory and lets tests query them: `backend.recorded.counter('jobs.done')`. Another backend can
 * be registered over it without `replace`.
 *
 * A sample counts as sent while it is kept. Drop reasons: `capacity` (the oldest samples, beyond `maxSamples`),
 * `closed` (recorded after `close`), `unknown_series` (the id is not open). Sample rates are recorded, and no sample is
 * skipped.
 *
 * @example
 * ```ts
 * import { createMetrics } from '@metrics/core';
 * import { RecordingBackend } from '@metrics/testing';
 *
 * const backend = new RecordingBackend();
 * const metrics = createMetrics({ backend });
 * metrics.incr('jobs.done', { tags: { task: 'mail' } });
 * console.log(backend.recorded.counter('jobs.done', { task: 'mail' })); // 1
 * ```
 */
export class RecordingBackend extends SampleReceiver implements MetricsBackend {
  readonly replaceable = true;
  /** Everything that was recorded. Stays readable after `close`. */
  readonly recorded: Recording;
  readonly #dropped: Record<string, number> = {};
  #host: BackendHost | undefined;
  #accepted = 0;
  #closed = false;

  /**
   * Creates the backend with an empty recording.
   *
   * @throws {TypeError | RangeError} if `maxSamples` is not a positive integer.
   */
  constructor(options?: RecordingOptions) {
    super();
    this.recorded = new Recording(options);
  }

  get closed(): boolean {
    return this.#closed;
  }

  start(host: BackendHost): void {
    this.#host = host;
  }

  /** Records an event with its tags as an object. */
  event(event: MetricsEvent): void {
    if (this.#accept()) this.#countEvicted(this.recorded.addEvent(withTagObject(event)));
  }

  /** Records a service check with its tags as an object. */
  serviceCheck(check: ServiceCheck): void {
    if (this.#accept()) this.#countEvicted(this.recorded.addServiceCheck(withTagObject(check)));
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {
    this.#closed = true;
    this.forgetSeries();
  }

  /**
   * Returns the counts of samples: `sent` are those that were kept, `dropped` those that were evicted or came after
   * `close`.
   */
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

  protected override end(series: RecordedSeries): void {
    this.recorded.addEnd(series);
  }

  protected override receive(sample: RecordedSample | undefined): void {
    if (!this.#accept()) return;
    if (sample !== undefined) this.#countEvicted(this.recorded.addSample(sample));
    else this.#drop('unknown_series', 'A sample was recorded on an id that is not open: open the series first.');
  }

  #accept(): boolean {
    this.#accepted += 1;
    if (this.#closed) this.#drop('closed', 'A sample was recorded after close: register a new RecordingBackend.');
    return !this.#closed;
  }

  #countEvicted(evicted: boolean): void {
    if (evicted) this.#drop('capacity', 'The oldest sample was evicted: raise maxSamples, or call clear() in between.');
  }

  #drop(code: string, message: string): void {
    this.#dropped[code] = (this.#dropped[code] ?? 0) + 1;
    const problem: Problem = { code, count: 1, message };
    this.recorded.addProblem(problem);
    try {
      this.#host?.report(problem);
    } catch {
      // A host must not throw. If one does, recording still does not.
    }
  }
}
