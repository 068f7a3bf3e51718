import type { MetricsEvent, ServiceCheck } from '@metrics/core';

/** One line of DogStatsD. `type` tells them apart, as on the wire: six types of metrics, `_e` and `_sc`. */
export type DogStatsdMessage = DogStatsdMetric | DogStatsdEvent | DogStatsdServiceCheck;

export type DogStatsdMetric = DogStatsdValues | DogStatsdMember;

/** Where a message came from, in the client's own words. Fields that were not sent are absent. */
export interface DogStatsdOrigin {
  /** `c:`, without the prefix: `ci-<container id>`, `in-<inode of the cgroup>`, both, or a bare container id. */
  readonly localData?: string;
  /** `e:`, without the prefix. */
  readonly externalData?: string;
  /** `card:`: the tags the Agent is asked to add. */
  readonly cardinality?: 'none' | 'low' | 'orchestrator' | 'high';
}

/** A counter, gauge, timing, histogram or distribution. */
export interface DogStatsdValues extends DogStatsdOrigin {
  readonly type: 'c' | 'g' | 'ms' | 'h' | 'd';
  readonly name: string;
  /** As sent, before they are scaled by the rate. More than one where they were packed into one line. */
  readonly values: readonly number[];
  /** Greater than 0, at most 1, which is also what a line without one means. */
  readonly sampleRate: number;
  /** `T`, in seconds since the epoch. Counters and gauges only. */
  readonly timestamp?: number;
  readonly tags: DogStatsdTags;
}

/** A member of a set. */
export interface DogStatsdMember extends DogStatsdOrigin {
  readonly type: 's';
  readonly name: string;
  readonly member: string;
  readonly tags: DogStatsdTags;
}

/** An event. Its line breaks are no longer escaped. */
export interface DogStatsdEvent extends MetricsEvent, DogStatsdOrigin {
  readonly type: '_e';
  readonly tags: DogStatsdTags;
}

/** A service check. Its message is no longer escaped. */
export interface DogStatsdServiceCheck extends ServiceCheck, DogStatsdOrigin {
  readonly type: '_sc';
  readonly tags: DogStatsdTags;
}

/** Keys and values in the order of the line, without a prototype. A tag without a colon has the value `''`. */
export type DogStatsdTags = Readonly<Record<string, string>>;
