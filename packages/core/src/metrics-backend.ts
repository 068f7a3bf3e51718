import type { Problem } from './problems/problem.js';

/** A small, dense integer that names one open series. It is reused after {@link MetricsBackend.release}. */
export type SeriesId = number;

export type MetricKind = 'counter' | 'gauge' | 'timing' | 'distribution' | 'set';

/**
 * One series: a metric name with one combination of tag values.
 *
 * Handed to {@link MetricsBackend.open} and gone afterwards: copy what you keep.
 */
export interface Series {
  readonly kind: MetricKind;
  /** The name as the application wrote it, with the prefixes of children, without the registered prefix. */
  readonly key: string;
  /** The registered prefix followed by {@link key}. This is what most backends transmit. */
  readonly name: string;
  /** Rendered as tag `instance` where the protocol has tags, as a name suffix on plain StatsD, as a field in logs. */
  readonly instance: string | undefined;
  /** All tags of the series (registered, child, context and call tags), strings. Keys ascend (numbers first); no prototype. */
  readonly tags: Readonly<Record<string, string>>;
  /** For people and for backends that carry units; timings are always milliseconds. */
  readonly unit: string | undefined;
  /** Whether the application asked to keep this series in the internal time series database. */
  readonly internal: boolean;
}

export type AlertType = 'error' | 'warning' | 'info' | 'success';

/** Something that happened once, for backends with an event stream (Datadog, logs). */
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
  /** Seconds since the epoch. Default: when the receiver sees it. */
  readonly timestamp?: number | undefined;
  readonly instance?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

export type ServiceCheckStatus = 'ok' | 'warning' | 'critical' | 'unknown';

export interface ServiceCheck {
  readonly name: string;
  readonly status: ServiceCheckStatus;
  readonly message?: string | undefined;
  readonly hostname?: string | undefined;
  /** Seconds since the epoch. Default: when the receiver sees it. */
  readonly timestamp?: number | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/**
 * What became of the samples, counted in samples (an event or a service check is one), never in lines or packets.
 *
 * `accepted = sent + dropped (all reasons) + pending` holds at every moment.
 */
export interface BackendStats {
  /** Samples taken. Those that sampling left out are not in it. */
  readonly accepted: number;
  /** Handed over without an error: to the kernel, to the logger, or acknowledged by a server. */
  readonly sent: number;
  /** Lost samples by reason; reasons are `snake_case` and listed in the backend's README. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Accepted and not decided yet. Zero after `close`. */
  readonly pending: number;
  /** Left out by the draw of a sampling rate below one; on purpose, hence not dropped. */
  readonly sampledOut: number;
}

/** What the facade offers to a backend. */
export interface BackendHost {
  /** The one place problems go. Never throws; repeated problems are merged and rate limited, so report each one. */
  report(problem: Problem): void;
  /** Reads the observed gauges. A backend that flushes on a timer calls it first in each flush. Never throws. */
  collect(): void;
}

/**
 * Where metrics go. A series is opened once; from then on a sample is one call with a small integer, so a backend keeps
 * its state in columns indexed by it and renders names and tags once per series.
 *
 * Promises: recording methods (`open` to `serviceCheck`) never throw, block, send, keep or change what they were given;
 * `flush` and `close` never reject; a transport that fails costs samples, counted, and nothing else.
 * `@metrics/testing` has a conformance suite that checks them.
 */
export interface MetricsBackend {
  /** Called once, when the backend is registered, before anything else. */
  start?(host: BackendHost): void;

  /** Called before the first sample of a series. An id that was released may come back for another series. */
  open(id: SeriesId, series: Series): void;
  /** The id ends, its data does not: samples recorded and not yet sent are still sent. */
  release(id: SeriesId): void;

  /**
   * @param amount finite; may be negative or fractional.
   * @param sampleRate greater than 0, at most 1. The backend samples, the facade never does: one that aggregates
   *   counters counts every call exactly; one that transmits single samples rounds the rate to 1/k, draws, annotates.
   */
  incr(id: SeriesId, amount: number, sampleRate: number): void;
  /** @param value finite. Gauges are never sampled. */
  gauge(id: SeriesId, value: number): void;
  /** @param milliseconds finite, not negative. */
  timing(id: SeriesId, milliseconds: number, sampleRate: number): void;
  /** @param value finite. */
  distribution(id: SeriesId, value: number, sampleRate: number): void;
  /** Counts distinct members. Sets are never sampled. */
  set(id: SeriesId, member: string): void;

  /** A counter's amount or a gauge's value at a time of its own. Left out where the protocol has no timestamps. */
  recordAt?(id: SeriesId, value: number, epochSeconds: number): void;
  event?(event: MetricsEvent): void;
  serviceCheck?(check: ServiceCheck): void;

  /** Resolves when everything recorded before the call was handed to the transport. */
  flush(): Promise<void>;
  /** Best effort without waiting, for the process event `exit`. */
  flushSync?(): void;
  /** Flushes within `timeout` milliseconds, then releases everything. Calling it again changes nothing. */
  close(options: { readonly timeout: number }): Promise<void>;

  stats(): BackendStats;

  /** Every sample is thrown away, so the facade may return before it does any work. True for the dummy. */
  readonly discards?: boolean;
  /** Another backend may be registered over this one without `replace`. True for the dummy and for recorders in tests. */
  readonly replaceable?: boolean;
}
