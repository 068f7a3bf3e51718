// The contract between the facade and a backend, with the data that crosses it.
import type { Problem } from './problems/problem.js';

/** A small, dense integer that identifies an open series. It is reused after {@link MetricsBackend.release}. */
export type SeriesId = number;

export type MetricKind = 'counter' | 'gauge' | 'timing' | 'distribution' | 'set';

/**
 * One metric with one combination of tag values and instance.
 *
 * Valid only during {@link MetricsBackend.open}: copy the fields you keep.
 */
export interface Series {
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

export type AlertType = 'error' | 'warning' | 'info' | 'success';

/** A single occurrence, for backends with an event stream (Datadog, logs). */
export interface MetricsEvent {
  readonly title: string;
  readonly text: string;
  /** @default 'info' */
  readonly alertType?: AlertType | undefined;
  /** @default 'normal' */
  readonly priority?: 'normal' | 'low' | undefined;
  /** Events with equal keys are shown as one. */
  readonly aggregationKey?: string | undefined;
  readonly sourceTypeName?: string | undefined;
  readonly hostname?: string | undefined;
  /** Seconds since the epoch. @default the time of receipt */
  readonly timestamp?: number | undefined;
  readonly instance?: string | undefined;
  /** By ascending keys, without the instance. */
  readonly tags?: TagPairs | undefined;
}

export type ServiceCheckStatus = 'ok' | 'warning' | 'critical' | 'unknown';

export interface ServiceCheck {
  readonly name: string;
  readonly status: ServiceCheckStatus;
  readonly message?: string | undefined;
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
   * @param amount finite; may be negative or fractional.
   * @param sampleRate greater than 0, at most 1. The facade never samples. A backend that aggregates counters counts every
   *   call exactly; one that transmits single samples rounds the rate to 1/k, draws, and transmits the rate.
   */
  incr(id: SeriesId, amount: number, sampleRate: number): void;
  /** @param value finite. Gauges are never sampled. */
  gauge(id: SeriesId, value: number): void;
  /** @param milliseconds finite, not negative. */
  timing(id: SeriesId, milliseconds: number, sampleRate: number): void;
  /** @param value finite. */
  distribution(id: SeriesId, value: number, sampleRate: number): void;
  /** Adds a member to a set, which counts distinct members. Sets are never sampled. */
  set(id: SeriesId, member: string): void;

  /** Records a counter's amount or a gauge's value with a timestamp. Absent if the protocol has no timestamps. */
  recordAt?(id: SeriesId, value: number, epochSeconds: number): void;
  event?(event: MetricsEvent): void;
  serviceCheck?(check: ServiceCheck): void;

  /** Resolves when everything recorded before the call was passed to the transport. */
  flush(): Promise<void>;
  /** Sends as much as possible without waiting, for the process event `exit`. */
  flushSync?(): void;
  /** Flushes within `timeout` milliseconds, then releases everything. Further calls change nothing. */
  close(options: { readonly timeout: number }): Promise<void>;

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
