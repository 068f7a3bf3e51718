/**
 * Names the reason why a sample was dropped or a request was not followed. Backends add their own codes in `snake_case`,
 * listed in their READMEs; the README of `@metrics/core` refers to the list of those of the facade.
 */
export type ProblemCode =
  | 'invalid_key'
  | 'invalid_value'
  | 'invalid_options'
  | 'invalid_tags'
  | 'invalid_tag_value'
  | 'invalid_sample_rate'
  | 'invalid_timestamp'
  | 'timestamp_unsupported'
  | 'too_many_tags'
  | 'tag_truncated'
  | 'kind_conflict'
  | 'unit_conflict'
  | 'definition_conflict'
  | 'undeclared_tag'
  | 'unsupported'
  | 'not_registered'
  | 'missing_method'
  | 'context_unavailable'
  | 'no_context'
  | 'observe_failed'
  | 'observe_async'
  | 'recording_failed'
  | 'backend_failed'
  | 'lost_at_close'
  | 'lost_at_exit'
  | 'high_cardinality_tag'
  | 'identifier_tag'
  | 'many_values'
  | 'suspicious_values'
  | 'too_many_values'
  | 'undeclared_value'
  | 'too_many_series'
  | 'too_many_tag_keys'
  | 'gauge_would_merge'
  | 'too_many_metrics'
  | (string & {});

/** A misuse or failure, reported to `onError`. Only strict mode throws it, as a `MetricsError`. */
export interface Problem {
  /** The reason, in `snake_case`, for programs and dashboards. */
  readonly code: ProblemCode;
  /** The metric's key, if the problem concerns one metric. */
  readonly metric?: string | undefined;
  /** The key of the tag, if the problem concerns one tag. */
  readonly tag?: string | undefined;
  /** The offending value, shortened. Never a secret. */
  readonly value?: string | undefined;
  /** The number of occurrences since the last report. */
  readonly count: number;
  /** One or two sentences that say what is wrong and what to do. */
  readonly message: string;
  /** The error that caused the problem, as it was thrown. It may contain more than the message does. */
  readonly cause?: unknown;
}
