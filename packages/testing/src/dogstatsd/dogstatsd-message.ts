import type { MetricsEvent, ServiceCheck } from '@metrics/core';

/** One line of DogStatsD. `type` is the type on the wire: one of six types of metrics, `_e` or `_sc`. */
export type DogStatsdMessage = DogStatsdMetric | DogStatsdEvent | DogStatsdServiceCheck;

/** A line with a metric. */
export type DogStatsdMetric = DogStatsdValues | DogStatsdMember;

/** The origin of a message, as the client sent it. Fields that were not sent are absent. */
export interface DogStatsdOrigin {
  /** `c:`, without the prefix: `ci-<container id>`, `in-<inode of the cgroup>`, both, or a bare container id. */
  readonly localData?: string;
  /** `e:`, without the prefix. */
  readonly externalData?: string;
  /** `card:`, the cardinality of the tags that the Agent is to add. */
  readonly cardinality?: 'none' | 'low' | 'orchestrator' | 'high';
}

/** A counter, gauge, timing, histogram or distribution. */
export interface DogStatsdValues extends DogStatsdOrigin {
  /** The type on the wire: counter, gauge, timing, histogram or distribution. */
  readonly type: 'c' | 'g' | 'ms' | 'h' | 'd';
  /** The name of the metric, prefix included. */
  readonly name: string;
  /** The values as sent, not scaled by the rate. Several if they were packed into one line. */
  readonly values: readonly number[];
  /** Greater than 0 and at most 1. A line without a rate has 1. */
  readonly sampleRate: number;
  /** `T`, in seconds since the epoch. Only on counters and gauges. */
  readonly timestamp?: number;
  /** The tags of the line. */
  readonly tags: DogStatsdTags;
}

/** A member of a set. */
export interface DogStatsdMember extends DogStatsdOrigin {
  /** The type on the wire: set. */
  readonly type: 's';
  /** The name of the metric, prefix included. */
  readonly name: string;
  /** The member as sent. */
  readonly member: string;
  /** The tags of the line. */
  readonly tags: DogStatsdTags;
}

/** An event. Its line breaks are unescaped. */
export interface DogStatsdEvent extends Omit<MetricsEvent, 'tags'>, DogStatsdOrigin {
  /** The start of the line of an event. */
  readonly type: '_e';
  /** The tags of the line. */
  readonly tags: DogStatsdTags;
}

/** A service check. Its message is unescaped. */
export interface DogStatsdServiceCheck extends Omit<ServiceCheck, 'tags'>, DogStatsdOrigin {
  /** The start of the line of a service check. */
  readonly type: '_sc';
  /** The tags of the line. */
  readonly tags: DogStatsdTags;
}

/**
 * Tag keys and values in the order of the line, without a prototype. A tag without a colon has the value `''`.
 * Several values of one key are joined by commas, which no value contains.
 */
export type DogStatsdTags = Readonly<Record<string, string>>;
