/** Maximum sizes of a request. */
export interface IntakeLimits {
  /** Bytes of the body as sent. */
  readonly body: number;
  /** Bytes of the body once decompressed. */
  readonly decompressed: number;
  /** Points of series, or values of distributions. */
  readonly points: number;
}

/** Seconds that the time of a point may be in the future: https://docs.datadoghq.com/metrics/custom_metrics/ */
export const MAX_POINT_LEAD_SECONDS = 600;
/** Seconds that the time of a point may be in the past: https://docs.datadoghq.com/metrics/custom_metrics/ */
export const MAX_POINT_AGE_SECONDS = 3600;

/** Characters of the text of an event: https://docs.datadoghq.com/api/latest/events/post-an-event/ */
export const MAX_EVENT_TEXT_LENGTH = 4000;
/** Characters of an aggregation key: https://docs.datadoghq.com/api/latest/events/post-an-event/ */
export const MAX_AGGREGATION_KEY_LENGTH = 100;
/** Seconds that the time of an event may be in the past: https://docs.datadoghq.com/api/latest/events/post-an-event/ */
export const MAX_EVENT_AGE_SECONDS: number = 18 * 3600;

/**
 * Characters of the name of a metric.
 *
 * @see https://docs.datadoghq.com/developers/guide/what-best-practices-are-recommended-for-naming-metrics-and-tags/
 */
export const MAX_NAME_LENGTH = 200;
/** Characters of a tag, key and value together. */
export const MAX_TAG_LENGTH = 200;

/** The limits of version 1 of https://docs.datadoghq.com/api/latest/metrics/submit-metrics/. */
export const SERIES_V1_LIMITS: IntakeLimits = { body: 3_200_000, decompressed: 62_914_560, points: Infinity };
/** The limits of version 2 of https://docs.datadoghq.com/api/latest/metrics/submit-metrics/. */
export const SERIES_V2_LIMITS: IntakeLimits = { body: 512_000, decompressed: 5_242_880, points: Infinity };
/** The limits of distributions are not documented. Other clients keep to those of version 1 of the series. */
export const DISTRIBUTION_LIMITS: IntakeLimits = { ...SERIES_V1_LIMITS };
/** The limits of events are not documented. An event within the limits of its fields is far below these. */
export const EVENT_LIMITS: IntakeLimits = { body: 102_400, decompressed: 102_400, points: 1 };
