import type { MetricKind, Series } from '@metrics/core';
import type { TagObject } from './tag-object.js';

/** A series as recordings show it: its tags are an object, which tests read more easily than pairs. */
export interface RecordedSeries extends Omit<Series, 'tags'> {
  readonly tags: TagObject;
}

/** One sample with the properties of its series. Frozen, and safe to keep. */
export type RecordedSample = RecordedValue | RecordedMember;

/** A sample of a counter (its amount), gauge, timing (milliseconds) or distribution. */
export interface RecordedValue extends RecordedSeries {
  readonly kind: Exclude<MetricKind, 'set'>;
  readonly value: number;
  /** The rate of the call. Every sample is recorded, whatever its rate. */
  readonly sampleRate: number;
  /** Seconds since the epoch, if the call passed a time. */
  readonly timestamp?: number | undefined;
}

/** A sample of a set. */
export interface RecordedMember extends RecordedSeries {
  readonly kind: 'set';
  readonly member: string;
}
