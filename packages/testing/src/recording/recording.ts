import type { MetricKind, MetricsEvent, Problem, ServiceCheck } from '@metrics/core';
import { BoundedList } from './bounded-list.js';
import { describeRecording } from './describe-recording.js';
import { inspectAsText } from './inspect-as-text.js';
import type { RecordedMember, RecordedSample, RecordedValue } from './recorded-sample.js';

/**
 * Tags a sample must have; it may have more. Values compare as text, so `{ status: 200 }` finds `'200'`. `undefined` and
 * `null` ask for samples without that tag: what is found is what a call with the same tags records.
 */
export type TagQuery = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** What a sample must be like; everything left out matches. */
export interface SampleFilter {
  readonly kind?: MetricKind | undefined;
  /** The name without the registered prefix. */
  readonly key?: string | undefined;
  /** The name with the registered prefix. */
  readonly name?: string | undefined;
  readonly instance?: string | undefined;
  readonly tags?: TagQuery | undefined;
}

export interface RecordingOptions {
  /**
   * How many samples are kept; beyond it the oldest go. As many events, service checks and problems are kept.
   * @default 100_000
   */
  readonly maxSamples?: number | undefined;
}

/** What was recorded, to be asked by tests. Keys are those of the application, without the registered prefix. */
export class Recording {
  static {
    inspectAsText(Recording.prototype);
  }

  readonly #samples: BoundedList<RecordedSample>;
  readonly #events: BoundedList<MetricsEvent>;
  readonly #serviceChecks: BoundedList<ServiceCheck>;
  readonly #problems: BoundedList<Problem>;

  /** @throws RangeError when `maxSamples` is not a positive integer. */
  constructor({ maxSamples = 100_000 }: RecordingOptions = {}) {
    if (!Number.isSafeInteger(maxSamples) || maxSamples < 1) {
      throw new RangeError(`maxSamples must be a positive integer, not ${String(maxSamples)}`);
    }
    this.#samples = new BoundedList(maxSamples);
    this.#events = new BoundedList(maxSamples);
    this.#serviceChecks = new BoundedList(maxSamples);
    this.#problems = new BoundedList(maxSamples);
  }

  /** The sum of a counter. Calls count in full, whatever their sampling rate. 0 when there are none. */
  counter(key: string, tags?: TagQuery): number {
    return this.#values('counter', key, tags).reduce((sum, value) => sum + value, 0);
  }

  /** The value a gauge was last given, or `undefined` when there is none. */
  gauge(key: string, tags?: TagQuery): number | undefined {
    return this.#values('gauge', key, tags).at(-1);
  }

  /** All values of a timing in milliseconds, in the order of the calls. */
  timings(key: string, tags?: TagQuery): number[] {
    return this.#values('timing', key, tags);
  }

  /** All values of a distribution, in the order of the calls. */
  distributions(key: string, tags?: TagQuery): number[] {
    return this.#values('distribution', key, tags);
  }

  /** The distinct members of a set, in the order of their first calls. */
  members(key: string, tags?: TagQuery): string[] {
    const samples = this.samples({ kind: 'set', key, tags }) as RecordedMember[];
    return [...new Set(samples.map((sample) => sample.member))];
  }

  /** All samples that match, oldest first. */
  samples(filter: SampleFilter = {}): RecordedSample[] {
    return this.#samples.toArray().filter((sample) => matches(sample, filter));
  }

  get events(): readonly MetricsEvent[] {
    return this.#events.toArray();
  }

  get serviceChecks(): readonly ServiceCheck[] {
    return this.#serviceChecks.toArray();
  }

  /** What was dropped or not done as asked, one for each time it happened. */
  get problems(): readonly Problem[] {
    return this.#problems.toArray();
  }

  /** Forgets everything. */
  clear(): void {
    this.#samples.clear();
    this.#events.clear();
    this.#serviceChecks.clear();
    this.#problems.clear();
  }

  /** One line a series, as `counter jobs.done{status=200} 3`: what a failed assertion should show. */
  toString(): string {
    return describeRecording(this);
  }

  /** Adds a sample. Answers whether the oldest one had to go; so do its siblings. For recorders of your own. */
  addSample(sample: RecordedSample): boolean {
    return this.#samples.push(sample);
  }

  addEvent(event: MetricsEvent): boolean {
    return this.#events.push(Object.freeze({ ...event, ...ownTags(event) }));
  }

  addServiceCheck(check: ServiceCheck): boolean {
    return this.#serviceChecks.push(Object.freeze({ ...check, ...ownTags(check) }));
  }

  addProblem(problem: Problem): boolean {
    return this.#problems.push(problem);
  }

  #values(kind: RecordedValue['kind'], key: string, tags: TagQuery | undefined): number[] {
    return (this.samples({ kind, key, tags }) as RecordedValue[]).map((sample) => sample.value);
  }
}

function matches(sample: RecordedSample, { kind, key, name, instance, tags = {} }: SampleFilter): boolean {
  return (
    (kind === undefined || sample.kind === kind) &&
    (key === undefined || sample.key === key) &&
    (name === undefined || sample.name === name) &&
    (instance === undefined || sample.instance === instance) &&
    Object.keys(tags).every((tag) => sample.tags[tag] === (tags[tag] == null ? undefined : String(tags[tag])))
  );
}

/** The application may reuse its object, and its tags, for the next one. */
function ownTags({ tags }: MetricsEvent | ServiceCheck): Pick<MetricsEvent, 'tags'> {
  return tags === undefined ? {} : { tags: Object.freeze({ ...tags }) };
}
