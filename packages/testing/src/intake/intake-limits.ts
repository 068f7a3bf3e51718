/** What a request may weigh. */
export interface IntakeLimits {
  /** Bytes of the body as sent. */
  readonly body: number;
  /** Bytes of the body once decompressed. */
  readonly decompressed: number;
  /** Points of series, or values of distributions. */
  readonly points: number;
}

/** Seconds a point may be ahead of the clock, and behind it: https://docs.datadoghq.com/metrics/custom_metrics/ */
export const MOST_AHEAD = 600;
export const MOST_BEHIND = 3600;

/** https://docs.datadoghq.com/api/latest/events/post-an-event/ */
export const EVENT_TEXT_LIMIT = 4000;
export const AGGREGATION_KEY_LIMIT = 100;
export const EVENT_MOST_BEHIND: number = 18 * 3600;

/** https://docs.datadoghq.com/developers/guide/what-best-practices-are-recommended-for-naming-metrics-and-tags/ */
export const METRIC_NAME_LIMIT = 200;
export const TAG_LIMIT = 200;

/** https://docs.datadoghq.com/api/latest/metrics/submit-metrics/, version 1. */
export const SERIES_V1_LIMITS: IntakeLimits = { body: 3_200_000, decompressed: 62_914_560, points: Infinity };
/** https://docs.datadoghq.com/api/latest/metrics/submit-metrics/, version 2. */
export const SERIES_V2_LIMITS: IntakeLimits = { body: 512_000, decompressed: 5_242_880, points: Infinity };
/** Not documented for this endpoint; that of version 1 of the series is what other clients keep to. */
export const DISTRIBUTION_LIMITS: IntakeLimits = { ...SERIES_V1_LIMITS };
/** Not documented either: an event within the limits of its fields is far below. */
export const EVENT_LIMITS: IntakeLimits = { body: 102_400, decompressed: 102_400, points: 1 };
