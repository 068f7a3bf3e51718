// Options of the backend.
import type { Dialect } from './dialect.js';
import type { WireTypes } from './wire-types.js';

/** Which of its tags the Agent adds to the metrics of this process. */
export type TagCardinality = 'none' | 'low' | 'orchestrator' | 'high';

/**
 * Options of {@link DogStatsdMetricsBackend}. One that is not set is read from the environment (its default names the
 * variable), then has its default.
 */
export interface DogStatsdOptions {
  /** A name or an IP address. A name is resolved once, and again every minute. @default DD_AGENT_HOST, or '127.0.0.1' */
  readonly statsdHost?: string | undefined;
  /** The port of UDP, from 1 to 65,535. @default DD_DOGSTATSD_PORT, or 8125 */
  readonly statsdPort?: number | undefined;
  /**
   * A Unix socket, which wins over host and port. A path, or `unix://path`, is tried with datagrams and as a stream;
   * `unixgram://path` and `unixstream://path` decide. Datagrams need the package `unix-dgram`. At most 107 bytes.
   *
   * @default DD_DOGSTATSD_URL, or DD_DOGSTATSD_SOCKET, unless host or port are set
   */
  readonly statsdSocketPath?: string | undefined;
  /** Tags of every series. They win over those of the environment, and the tags of a call win over them. */
  readonly tags?: Readonly<Record<string, string | number | boolean>> | undefined;
  /** The server that reads the lines. Features that it does not understand are not sent. @default 'agent' */
  readonly dialect?: Dialect | undefined;
  /** The wire types of timings and distributions, in general and for single metrics. */
  readonly wireTypes?: WireTypes | undefined;
  /** Whether a line may carry several values of a series. @default as the dialect */
  readonly packing?: boolean | undefined;
  /** Whether the timestamp of a counter or gauge is sent. @default as the dialect */
  readonly timestamps?: boolean | undefined;
  /** The field `c:`, or false for none. @default detected from the operating system, in the dialect `agent` */
  readonly containerId?: string | false | undefined;
  /** The field `e:`, or false for none. @default DD_EXTERNAL_ENV, in the dialect `agent` */
  readonly externalData?: string | false | undefined;
  /** The field `card:`, or false for none. @default DD_CARDINALITY or DATADOG_CARDINALITY, in the dialect `agent` */
  readonly cardinality?: TagCardinality | false | undefined;
  /** The tag `dd.internal.entity_id`, or false for none. @default DD_ENTITY_ID, in the dialect `agent` */
  readonly entityId?: string | false | undefined;
  /** Whether counts about this client are sent every ten seconds. @default true in the dialect `agent`, otherwise false */
  readonly telemetry?: boolean | undefined;
  /** Whether counters are summed and gauges keep their last value until the flush; otherwise each sample is a value. @default true */
  readonly aggregation?: boolean | undefined;
  /** Milliseconds between two flushes; must divide 10,000. @default 2000, or 100 without aggregation */
  readonly flushInterval?: number | undefined;
  /** Number of timings and distribution values of one series that are kept together; 1 to 10,000. @default 1024 */
  readonly maxSamplesPerSeries?: number | undefined;
  /**
   * Treatment of values beyond `maxSamplesPerSeries`. With `flush`, the kept ones are sent before the window ends, so no
   * value is lost. With `reservoir`, a random choice of the window's values is sent with the rate of the choice.
   *
   * @default 'flush'
   */
  readonly overflow?: 'flush' | 'reservoir' | undefined;
  /**
   * The size of the largest packet, in bytes from 64 to 8192, which is the most that the Agent reads.
   *
   * @default 8192 on loopback and on a Unix socket, otherwise 1432
   */
  readonly maxPacketBytes?: number | undefined;
}
