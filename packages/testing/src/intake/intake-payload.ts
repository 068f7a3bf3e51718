/** A submitted series, in the same form for versions 1 and 2 of the endpoint. */
export interface IntakeSeries {
  /** The name of the metric, prefix included. */
  readonly metric: string;
  /** The type of the metric. The value of a rate is per second. */
  readonly type: 'count' | 'rate' | 'gauge';
  /** The seconds that a point covers, if sent. */
  readonly interval: number | undefined;
  /** The host of the series; undefined if none was sent. */
  readonly host: string | undefined;
  /** Sorted strings `key:value`. */
  readonly tags: readonly string[];
  /** The unit, if sent. Version 1 of the endpoint has none. */
  readonly unit: string | undefined;
  /** The points with their times. */
  readonly points: readonly IntakePoint[];
}

/** A point of a series. */
export interface IntakePoint {
  /** Seconds since the epoch. */
  readonly timestamp: number;
  /** The value as sent: that of a rate is per second. */
  readonly value: number;
}

/** A submitted distribution. */
export interface IntakeDistribution {
  /** The name of the metric, prefix included. */
  readonly metric: string;
  /** The host of the series; undefined if none was sent. */
  readonly host: string | undefined;
  /** Sorted strings `key:value`. */
  readonly tags: readonly string[];
  /** The points, each with all its values. */
  readonly points: readonly IntakeDistributionPoint[];
}

/** The values of a distribution at one time. */
export interface IntakeDistributionPoint {
  /** Seconds since the epoch. */
  readonly timestamp: number;
  /** The single values, in the order of the request. */
  readonly values: readonly number[];
}

/** A submitted event. */
export interface IntakeEvent {
  /** The headline. */
  readonly title: string;
  /** The body. */
  readonly text: string;
  /** `error`, `warning`, `info` or `success`, if sent. */
  readonly alertType: string | undefined;
  /** `normal` or `low`, if sent. */
  readonly priority: string | undefined;
  /** Datadog shows events of equal keys as one. Undefined if not sent. */
  readonly aggregationKey: string | undefined;
  /** The system that the event comes from, if sent. */
  readonly sourceTypeName: string | undefined;
  /** The host that the event is about, if sent. */
  readonly host: string | undefined;
  /** Seconds since the epoch, if sent. */
  readonly timestamp: number | undefined;
  /** Sorted strings `key:value`. */
  readonly tags: readonly string[];
}

/** The contents of one request. */
export interface IntakePayload {
  /** The counts, rates and gauges. */
  readonly series: readonly IntakeSeries[];
  /** The distributions, each with its single values. */
  readonly distributions: readonly IntakeDistribution[];
  /** The events. */
  readonly events: readonly IntakeEvent[];
  /** The number of points of series, values of distributions, and events. */
  readonly points: number;
}

/** A request without contents. */
export const EMPTY_PAYLOAD: IntakePayload = { series: [], distributions: [], events: [], points: 0 };
