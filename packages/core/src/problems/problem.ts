/**
 * Why a sample was lost or something was not done as asked. Backends add codes of their own, in `snake_case`, listed in
 * their READMEs; the codes of the facade are listed with their messages in `docs/problems.md`.
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
  | 'context_unavailable'
  | 'no_context'
  | 'observe_failed'
  | 'recording_failed'
  | 'backend_failed'
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

/** Something that went wrong, told to `onError` and never thrown (except in strict mode). */
export interface Problem {
  readonly code: ProblemCode;
  /** The metric's key, where one is concerned. */
  readonly metric?: string | undefined;
  readonly tag?: string | undefined;
  /** The offending value, shortened, never a secret. */
  readonly value?: string | undefined;
  /** How often it happened since it was last told. */
  readonly count: number;
  /** One sentence that says what is wrong and what to do. */
  readonly message: string;
  readonly cause?: unknown;
}
