// The contract between the facade and a backend, with the data that crosses it.
import type { Problem } from './problems/problem.js';

/** A small, dense integer that identifies an open series. It is reused after {@link MetricsBackend.release}. */
export type SeriesId = number;

/** The kind of a metric, which its first call or its declaration decides. */
export type MetricKind = 'counter' | 'gauge' | 'timing' | 'distribution' | 'set';

/**
 * One metric with one combination of tag values and instance.
 *
 * Valid only during {@link MetricsBackend.open}: copy the fields you keep.
 */
export interface Series {
  /**
   * The kind of the metric. Only its recording method, and `recordAt` of a counter or gauge, is called with this id.
   */
  readonly kind: MetricKind;
  /** The name as the application wrote it, with the prefixes of children but without the registered prefix. */
  readonly key: string;
  /** The registered prefix followed by {@link key}. Most backends transmit it. */
  readonly name: string;
  /** Which of several equal producers recorded: a tag `instance`, a suffix of the name on plain StatsD, a field in logs. */
  readonly instance: string | undefined;
  /** All tags of the series: registered, child, context and call tags, by ascending keys. Each key comes once. */
  readonly tags: TagPairs;
  /** For people and for backends that transmit units. Timings are always milliseconds. */
  readonly unit: string | undefined;
  /** True if the application keeps this series in the internal time series database. */
  readonly internal: boolean;
  /** A description of the metric for people, from its declaration. */
  readonly description: string | undefined;
  /**
   * Upper bounds of histogram buckets, ascending and in the metric's unit, from its declaration. For backends that have such
   * buckets; others ignore them.
   */
  readonly buckets: readonly number[] | undefined;
}

/** Tags as pairs: reading three of them costs a third of what an object costs. */
export type TagPairs = readonly (readonly [key: string, value: string])[];

/** How an event is shown, in the words of Datadog. */
export type AlertType = 'error' | 'warning' | 'info' | 'success';

/** A single occurrence, for backends with an event stream (Datadog, logs). */
export interface MetricsEvent {
  /** The headline. Never empty. */
  readonly title: string;
  /** The body, which may have several lines. May be empty. */
  readonly text: string;
  /** How the event is shown. @default 'info' */
  readonly alertType?: AlertType | undefined;
  /** Its weight in the event stream. @default 'normal' */
  readonly priority?: 'normal' | 'low' | undefined;
  /** Events with equal keys are shown as one. */
  readonly aggregationKey?: string | undefined;
  /** The system that the event comes from, such as `nodejs`. Datadog shows its icon. */
  readonly sourceTypeName?: string | undefined;
  /** The host that the event is about. @default the host that sends it */
  readonly hostname?: string | undefined;
  /** Seconds since the epoch. @default the time of receipt */
  readonly timestamp?: number | undefined;
  /** Which of several equal producers recorded it: a worker, a shard. */
  readonly instance?: string | undefined;
  /** By ascending keys, without the instance. */
  readonly tags?: TagPairs | undefined;
}

/** The state of a checked service. Datadog numbers them from 0 (`ok`) to 3 (`unknown`). */
export type ServiceCheckStatus = 'ok' | 'warning' | 'critical' | 'unknown';

/** The state of something that the application depends on, for backends that have service checks (Datadog, logs). */
export interface ServiceCheck {
  /** The name of the check, with the registered prefix. */
  readonly name: string;
  /** The state at the time of the check. */
  readonly status: ServiceCheckStatus;
  /** A reason for the state, for people. */
  readonly message?: string | undefined;
  /** The host that was checked. @default the host that sends it */
  readonly hostname?: string | undefined;
  /** Seconds since the epoch. @default the time of receipt */
  readonly timestamp?: number | undefined;
  /** By ascending keys, without the instance. */
  readonly tags?: TagPairs | undefined;
}

/**
 * The fate of all samples, counted in samples (an event or a service check is one), never in lines or packets.
 *
 * `accepted = sent + dropped (all reasons) + pending` holds at every moment.
 */
export interface BackendStats {
  /** Samples received, without those in {@link sampledOut}. */
  readonly accepted: number;
  /** Passed on without an error: to the kernel, to the logger, or acknowledged by a server. */
  readonly sent: number;
  /** Lost samples by reason. Reasons are in `snake_case` and listed in the backend's README. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Accepted, but neither sent nor dropped yet. Zero after `close`. */
  readonly pending: number;
  /** Skipped on purpose by a sampling rate below one. */
  readonly sampledOut: number;
}

/** The services that the facade offers to a backend. */
export interface BackendHost {
  /** Reports a problem to the application. Never throws. Merges and limits repeated problems, so report each one. */
  report(problem: Problem): void;
  /** Reads the observed gauges. A backend that flushes on a timer calls it at the start of each flush. Never throws. */
  collect(): void;
}

/**
 * Receives metrics, aggregates and delivers them. A series is opened once. From then on, a sample is one call with a small
 * integer, so a backend keeps its state in columns indexed by it and renders names and tags once per series.
 *
 * The contract: recording methods (`open` to `serviceCheck`) never throw, block or send, and never keep or change their
 * arguments; `flush` and `close` never reject; a transport that fails only drops samples, which are counted.
 * The conformance suite in `@metrics/testing/conformance` checks it.
 *
 * @example
 * ```ts
 * import { type BackendStats, type MetricsBackend, metrics, type Series } from '@metrics/core';
 *
 * class PrintingBackend implements MetricsBackend {
 *   readonly #names: string[] = [];
 *   #sent = 0;
 *
 *   open(id: number, series: Series): void {
 *     this.#names[id] = series.name;
 *   }
 *   release(id: number): void {
 *     delete this.#names[id];
 *   }
 *   incr(id: number, amount: number): void {
 *     this.#print(id, amount);
 *   }
 *   gauge(id: number, value: number): void {
 *     this.#print(id, value);
 *   }
 *   timing(id: number, milliseconds: number): void {
 *     this.#print(id, milliseconds);
 *   }
 *   distribution(id: number, value: number): void {
 *     this.#print(id, value);
 *   }
 *   set(id: number, member: string): void {
 *     this.#print(id, member);
 *   }
 *   async flush(): Promise<void> {}
 *   async close(): Promise<void> {}
 *   stats(): BackendStats {
 *     return { accepted: this.#sent, sent: this.#sent, dropped: {}, pending: 0, sampledOut: 0 };
 *   }
 *   #print(id: number, value: number | string): void {
 *     console.log(this.#names[id], value);
 *     this.#sent += 1;
 *   }
 * }
 *
 * metrics.register(new PrintingBackend());
 * metrics.incr('jobs.started');
 * await metrics.close();
 * ```
 */
export interface MetricsBackend {
  /** Called once, at registration, before all other methods. */
  start?(host: BackendHost): void;

  /** Opens a series before its first sample. A released id may be reused for another series. */
  open(id: SeriesId, series: Series): void;
  /**
   * Closes the id. Samples already recorded are still sent.
   *
   * @param ended true if an observer left the series out or was disposed: a backend that keeps totals may forget it. False if
   *   the series is only idle: it may come back, and its totals must then continue.
   */
  release(id: SeriesId, ended: boolean): void;

  /**
   * Adds to a counter.
   *
   * @param amount finite; may be negative or fractional.
   * @param sampleRate greater than 0, at most 1. The facade never samples. A backend that aggregates counters counts
   *   every
   *   call exactly; one that transmits single samples rounds the rate to 1/k, draws, and transmits the rate.
   */
  incr(id: SeriesId, amount: number, sampleRate: number): void;
  /**
   * Sets the current value of a gauge. Gauges are never sampled.
   *
   * @param value finite.
   */
  gauge(id: SeriesId, value: number): void;
  /**
   * Records a duration.
   *
   * @param milliseconds finite, not negative.
   * @param sampleRate greater than 0, at most 1; see {@link MetricsBackend.incr}.
   */
  timing(id: SeriesId, milliseconds: number, sampleRate: number): void;
  /**
   * Records a value whose spread matters.
   *
   * @param value finite.
   * @param sampleRate greater than 0, at most 1; see {@link MetricsBackend.incr}.
   */
  distribution(id: SeriesId, value: number, sampleRate: number): void;
  /** Adds a member to a set, which counts distinct members. Sets are never sampled. */
  set(id: SeriesId, member: string): void;

  /** Records a counter's amount or a gauge's value with a timestamp. Absent if the protocol has no timestamps. */
  recordAt?(id: SeriesId, value: number, epochSeconds: number): void;
  /** Records an event. Absent if the protocol has no events; the facade then drops them as `unsupported`. */
  event?(event: MetricsEvent): void;
  /** Records a service check. Absent if the protocol has none; the facade then drops them as `unsupported`. */
  serviceCheck?(check: ServiceCheck): void;

  /** Resolves when everything recorded before the call was passed to the transport. */
  flush(): Promise<void>;
  /** Sends as much as possible without waiting, for the process event `exit`. */
  flushSync?(): void;
  /** Flushes within `timeout` milliseconds, then releases everything. Further calls change nothing. */
  close(options: { readonly timeout: number }): Promise<void>;

  /**
   * Returns the fate of all samples since the backend was created, also after `close`. Each call returns a new object.
   */
  stats(): BackendStats;

  /** True if the backend discards every sample, as the dummy does, so that the facade can return early. */
  readonly discards?: boolean;
  /**
   * True since `close` was called, by anyone: `register` and `combine` refuse a closed backend. One without this field is
   * refused after a facade has closed it. Always false if it {@link discards}.
   */
  readonly closed?: boolean;
  /** True if another backend may be registered over this one without `replace`: for the dummy and recorders in tests. */
  readonly replaceable?: boolean;
}
