import type { MetricKind, Problem } from '@metrics/core';
import { checkInteger } from '@metrics/core/backend';
import { BoundedList } from './bounded-list.js';
import { describeRecording } from './describe-recording.js';
import { inspectAsText } from './inspect-as-text.js';
import type { RecordedMember, RecordedSample, RecordedSeries, RecordedValue } from './recorded-sample.js';
import type { RecordedEvent, RecordedServiceCheck, TagObject } from './tag-object.js';

/**
 * Tags that a sample must have; it may have more. Values compare as strings, so `{ status: 200 }` matches `'200'`.
 * `undefined` and `null` match samples without the tag. So the tags of a call match the sample that it records.
 */
export type TagQuery = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Properties that a sample must have. An omitted one matches every sample. */
export interface SampleFilter {
  /** The kind of the metric. */
  readonly kind?: MetricKind | undefined;
  /** The name without the registered prefix. */
  readonly key?: string | undefined;
  /** The name with the registered prefix. */
  readonly name?: string | undefined;
  /** Which of several equal producers recorded it. There is no filter for samples without an instance. */
  readonly instance?: string | undefined;
  /** Tags that it must have; it may have more. */
  readonly tags?: TagQuery | undefined;
}

/** Options of a {@link Recording}. */
export interface RecordingOptions {
  /**
   * Maximum number of samples that are kept; beyond it the oldest are evicted. Also the maximum number of events, of
   * service checks and of problems.
   * @default 100_000
   */
  readonly maxSamples?: number | undefined;
}

/**
 * Samples, events, service checks and problems that tests can query. Keys are those of the application, without the
 * registered prefix.
 *
 * @example
 * ```ts
 * import { RecordingBackend } from '@metrics/testing';
 *
 * const { recorded } = new RecordingBackend();
 * console.log(recorded.counter('jobs.done', { task: 'mail' }), recorded.timings('job.run'), String(recorded));
 * ```
 */
export class Recording {
  static {
    inspectAsText(Recording.prototype);
  }

  readonly #samples: BoundedList<RecordedSample>;
  readonly #ended: BoundedList<RecordedSeries>;
  readonly #events: BoundedList<RecordedEvent>;
  readonly #serviceChecks: BoundedList<RecordedServiceCheck>;
  readonly #problems: BoundedList<Problem>;

  /**
   * Creates an empty recording.
   *
   * @throws {TypeError | RangeError} if `maxSamples` is not a positive integer.
   */
  constructor({ maxSamples = 100_000 }: RecordingOptions = {}) {
    checkInteger('maxSamples', maxSamples, 1, Number.MAX_SAFE_INTEGER);
    this.#samples = new BoundedList(maxSamples);
    this.#ended = new BoundedList(maxSamples);
    this.#events = new BoundedList(maxSamples);
    this.#serviceChecks = new BoundedList(maxSamples);
    this.#problems = new BoundedList(maxSamples);
  }

  /** Returns the sum of a counter, or 0 if it has no samples. Each sample counts in full, whatever its sample rate. */
  counter(key: string, tags?: TagQuery): number {
    return this.#values('counter', key, tags).reduce((sum, value) => sum + value, 0);
  }

  /** Returns the last value of a gauge, or undefined if it has no samples. */
  gauge(key: string, tags?: TagQuery): number | undefined {
    return this.#values('gauge', key, tags).at(-1);
  }

  /** Returns all values of a timing in milliseconds, in the order of the calls. */
  timings(key: string, tags?: TagQuery): number[] {
    return this.#values('timing', key, tags);
  }

  /** Returns all values of a distribution, in the order of the calls. */
  distributions(key: string, tags?: TagQuery): number[] {
    return this.#values('distribution', key, tags);
  }

  /** Returns the distinct members of a set, in the order of their first calls. */
  members(key: string, tags?: TagQuery): string[] {
    const samples = this.samples({ kind: 'set', key, tags }) as RecordedMember[];
    return [...new Set(samples.map((sample) => sample.member))];
  }

  /** Returns all samples that match, oldest first. */
  samples(filter: SampleFilter = {}): RecordedSample[] {
    return this.#samples.toArray().filter((sample) => matches(sample, filter));
  }

  /** Returns the series that match and have ended, because an observer left them out or was disposed; oldest first. */
  ended(filter: SampleFilter = {}): RecordedSeries[] {
    return this.#ended.toArray().filter((series) => matches(series, filter));
  }

  /** The events, oldest first. A new list for each call. */
  get events(): readonly RecordedEvent[] {
    return this.#events.toArray();
  }

  /** The service checks, oldest first. A new list for each call. */
  get serviceChecks(): readonly RecordedServiceCheck[] {
    return this.#serviceChecks.toArray();
  }

  /** The problems that were reported, one for each time. */
  get problems(): readonly Problem[] {
    return this.#problems.toArray();
  }

  /** Removes everything. */
  clear(): void {
    this.#samples.clear();
    this.#ended.clear();
    this.#events.clear();
    this.#serviceChecks.clear();
    this.#problems.clear();
  }

  /**
   * Returns one line for each series, such as `counter jobs.done{status=200} 3`, for the message of a failed assertion.
   */
  toString(): string {
    return describeRecording(this.samples(), this);
  }

  /**
   * Adds a sample, for your own recorders. Returns true if that evicted the oldest one, as the other `add` methods do.
   */
  addSample(sample: RecordedSample): boolean {
    return this.#samples.push(sample);
  }

  /** Adds a series that has ended. */
  addEnd(series: RecordedSeries): boolean {
    return this.#ended.push(series);
  }

  /** Adds a copy of an event. Returns true if that evicted the oldest one. */
  addEvent(event: RecordedEvent): boolean {
    return this.#events.push(Object.freeze({ ...event, ...copyTags(event) }));
  }

  /** Adds a copy of a service check. Returns true if that evicted the oldest one. */
  addServiceCheck(check: RecordedServiceCheck): boolean {
    return this.#serviceChecks.push(Object.freeze({ ...check, ...copyTags(check) }));
  }

  /** Adds a problem. Returns true if that evicted the oldest one. */
  addProblem(problem: Problem): boolean {
    return this.#problems.push(problem);
  }

  #values(kind: RecordedValue['kind'], key: string, tags: TagQuery | undefined): number[] {
    return (this.samples({ kind, key, tags }) as RecordedValue[]).map((sample) => sample.value);
  }
}

function matches(sample: RecordedSeries, { kind, key, name, instance, tags = {} }: SampleFilter): boolean {
  return (
    (kind === undefined || sample.kind === kind) &&
    (key === undefined || sample.key === key) &&
    (name === undefined || sample.name === name) &&
    (instance === undefined || sample.instance === instance) &&
    Object.keys(tags).every((tag) => {
      const value = Object.hasOwn(sample.tags, tag) ? sample.tags[tag] : undefined;
      return value === (tags[tag] == null ? undefined : String(tags[tag]));
    })
  );
}

/** Returns a frozen copy of the tags, because the application may reuse its objects. */
function copyTags({ tags }: { readonly tags?: TagObject | undefined }): { readonly tags?: TagObject } {
  return tags === undefined ? {} : { tags: Object.freeze({ ...tags }) };
}
