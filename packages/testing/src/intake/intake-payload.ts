/** A series as it was submitted, the same for version 1 and 2 of the endpoint. */
export interface IntakeSeries {
  readonly metric: string;
  readonly type: 'count' | 'rate' | 'gauge';
  /** The seconds that a point covers, where given. */
  readonly interval: number | undefined;
  readonly host: string | undefined;
  /** As `key:value`, sorted. */
  readonly tags: readonly string[];
  readonly unit: string | undefined;
  readonly points: readonly IntakePoint[];
}

export interface IntakePoint {
  /** Seconds since the epoch. */
  readonly timestamp: number;
  readonly value: number;
}

export interface IntakeDistribution {
  readonly metric: string;
  readonly host: string | undefined;
  /** As `key:value`, sorted. */
  readonly tags: readonly string[];
  readonly points: readonly IntakeDistributionPoint[];
}

export interface IntakeDistributionPoint {
  /** Seconds since the epoch. */
  readonly timestamp: number;
  readonly values: readonly number[];
}

export interface IntakeEvent {
  readonly title: string;
  readonly text: string;
  readonly alertType: string | undefined;
  readonly priority: string | undefined;
  readonly aggregationKey: string | undefined;
  readonly sourceTypeName: string | undefined;
  readonly host: string | undefined;
  /** Seconds since the epoch, where given. */
  readonly timestamp: number | undefined;
  /** As `key:value`, sorted. */
  readonly tags: readonly string[];
}

/** What one request brought. */
export interface IntakePayload {
  readonly series: readonly IntakeSeries[];
  readonly distributions: readonly IntakeDistribution[];
  readonly events: readonly IntakeEvent[];
  /** Points of series, values of distributions, and events. */
  readonly points: number;
}

export const EMPTY_PAYLOAD: IntakePayload = { series: [], distributions: [], events: [], points: 0 };
