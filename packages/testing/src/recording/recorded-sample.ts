import type { MetricKind, Series } from '@metrics/core';

/** One sample with the properties of its series. Frozen, and safe to keep. */
export type RecordedSample = RecordedValue | RecordedMember;

/** A sample of a counter (its amount), gauge, timing (milliseconds) or distribution. */
export interface RecordedValue extends Series {
  readonly kind: Exclude<MetricKind, 'set'>;
  readonly value: number;
  /** The rate of the call. Every sample is recorded, whatever its rate. */
  readonly sampleRate: number;
  /** Seconds since the epoch, if the call passed a time. */
  readonly timestamp?: number | undefined;
}

/** A sample of a set. */
export interface RecordedMember extends Series {
  readonly kind: 'set';
  readonly member: string;
}
