import type { Problem } from '@metrics/core';
import type { Dialect } from './dialect.js';
import type { WireTypes } from './wire-types.js';

/** Which of its own tags the Agent is asked to add to what this process sends. */
export type TagCardinality = 'none' | 'low' | 'orchestrator' | 'high';

/** What is left out comes from the environment (the README lists the variables), then from the default. */
export interface DogStatsdOptions {
  /** A name or an IP address. A name is resolved once, and again every minute. @default DD_AGENT_HOST, or '127.0.0.1' */
  readonly statsdHost?: string | undefined;
  /** @default DD_DOGSTATSD_PORT, or 8125 */
  readonly statsdPort?: number | undefined;
  /**
   * A Unix socket, which wins over host and port: its path for datagrams (that needs the package `unix-dgram`), or
   * `unixgram://path`, `unixstream://path`, or `unix://path` to try both. At most 107 bytes.
   *
   * @default DD_DOGSTATSD_URL, or DD_DOGSTATSD_SOCKET, unless host or port are given
   */
  readonly statsdSocketPath?: string | undefined;
  /** On every series. They win over those of the environment, and a call's own tags win over them. */
  readonly tags?: Readonly<Record<string, string | number | boolean>> | undefined;
  /** The server that reads: what it does not understand is not sent. @default 'agent' */
  readonly dialect?: Dialect | undefined;
  /** How timings and distributions are sent, in general and for single metrics. */
  readonly wireTypes?: WireTypes | undefined;
  /** Whether a line may carry several values of a series. @default as the dialect */
  readonly packing?: boolean | undefined;
  /** Whether `recordAt` keeps the time it is given. @default as the dialect */
  readonly timestamps?: boolean | undefined;
  /** The field `c:`, or false for none. @default what the operating system says, in the dialect `agent` */
  readonly containerId?: string | false | undefined;
  /** The field `e:`, or false for none. @default DD_EXTERNAL_ENV, in the dialect `agent` */
  readonly externalData?: string | false | undefined;
  /** The field `card:`, or false for none. @default DD_CARDINALITY or DATADOG_CARDINALITY, in the dialect `agent` */
  readonly cardinality?: TagCardinality | false | undefined;
  /** The tag `dd.internal.entity_id`, or false for none. @default DD_ENTITY_ID, in the dialect `agent` */
  readonly entityId?: string | false | undefined;
  /** Whether the client's own figures are sent every ten seconds. @default true in the dialect `agent`, else false */
  readonly telemetry?: boolean | undefined;
  /** Whether counters are summed and gauges keep their last value until the flush; else each sample is a value. @default true */
  readonly aggregation?: boolean | undefined;
  /** Milliseconds between two flushes; must divide 10,000. @default 2000, or 100 without aggregation */
  readonly flushInterval?: number | undefined;
  /** Timings and distribution values of one series that are kept together; 1 to 10,000. @default 1024 */
  readonly maxSamplesPerSeries?: number | undefined;
  /**
   * What happens beyond `maxSamplesPerSeries`: the values are sent before the window ends (`flush`, exact), or a random
   * choice of the window's values is sent with the rate at which they were chosen (`reservoir`).
   *
   * @default 'flush'
   */
  readonly overflow?: 'flush' | 'reservoir' | undefined;
  /**
   * The size of the largest packet, in bytes from 64 to 8192: the Agent reads no more at once.
   *
   * @default 8192 on loopback and on a Unix socket, otherwise 1432
   */
  readonly maxPacketBytes?: number | undefined;
}
