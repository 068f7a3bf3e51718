/** A submitted series, in the same form for versions 1 and 2 of the endpoint. */
export interface IntakeSeries {
  readonly metric: string;
  readonly type: 'count' | 'rate' | 'gauge';
  /** The seconds that a point covers, if sent. */
  readonly interval: number | undefined;
  readonly host: string | undefined;
  /** Sorted strings `key:value`. */
  readonly tags: readonly string[];
  readonly unit: string | undefined;
  readonly points: readonly IntakePoint[];
}

/** A point of a series. */
export interface IntakePoint {
  /** Seconds since the epoch. */
  readonly timestamp: number;
  readonly value: number;
}

/** A submitted distribution. */
export interface IntakeDistribution {
  readonly metric: string;
  readonly host: string | undefined;
  /** Sorted strings `key:value`. */
  readonly tags: readonly string[];
  readonly points: readonly IntakeDistributionPoint[];
}

/** The values of a distribution at one time. */
export interface IntakeDistributionPoint {
  /** Seconds since the epoch. */
  readonly timestamp: number;
  readonly values: readonly number[];
}

/** A submitted event. */
export interface IntakeEvent {
  readonly title: string;
  readonly text: string;
  readonly alertType: string | undefined;
  readonly priority: string | undefined;
  readonly aggregationKey: string | undefined;
  readonly sourceTypeName: string | undefined;
  readonly host: string | undefined;
  /** Seconds since the epoch, if sent. */
  readonly timestamp: number | undefined;
  /** Sorted strings `key:value`. */
  readonly tags: readonly string[];
}

/** The contents of one request. */
export interface IntakePayload {
  readonly series: readonly IntakeSeries[];
  readonly distributions: readonly IntakeDistribution[];
  readonly events: readonly IntakeEvent[];
  /** The number of points of series, values of distributions, and events. */
  readonly points: number;
}

/** A request without contents. */
export const EMPTY_PAYLOAD: IntakePayload = { series: [], distributions: [], events: [], points: 0 };
