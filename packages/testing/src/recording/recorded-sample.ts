import type { MetricKind, Series } from '@metrics/core';
import type { TagObject } from './tag-object.js';

/** A series as recordings show it: its tags are an object, which tests read more easily than pairs. */
export interface RecordedSeries extends Omit<Series, 'tags'> {
  /** All tags of the series, by ascending keys, without the instance. An object without a prototype. */
  readonly tags: TagObject;
}

/** One sample with the properties of its series. Frozen, and safe to keep. */
export type RecordedSample = RecordedValue | RecordedMember;

/** A sample of a counter (its amount), gauge, timing (milliseconds) or distribution. */
export interface RecordedValue extends RecordedSeries {
  /** The kind of the call, which decides the meaning of {@link value}. */
  readonly kind: Exclude<MetricKind, 'set'>;
  /** The amount, current value, milliseconds or value of the call, not scaled by the rate. */
  readonly value: number;
  /** The rate of the call. Every sample is recorded, whatever its rate. */
  readonly sampleRate: number;
  /** Seconds since the epoch, if the call passed a time. */
  readonly timestamp?: number | undefined;
}

/** A sample of a set. */
export interface RecordedMember extends RecordedSeries {
  /** `set`, the only kind whose samples have a member. */
  readonly kind: 'set';
  /** The member as a string: `7` and `"7"` are one member. */
  readonly member: string;
}
