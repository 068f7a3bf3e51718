import type { MetricKind, MetricsBackend } from '@metrics/core';

/** A backend as the conformance suite sees it: how to create one, and what it can carry. */
export interface BackendUnderTest {
  /** Creates a new backend, not started. Called once for each check. */
  create(): Fixture | Promise<Fixture>;
  /** The features that the suite may expect of it. */
  readonly capabilities: Capabilities;
  /**
   * Milliseconds that a flush may take, that flushed samples may need to arrive, and that `close` may exceed its
   * deadline by.
   * @default 2000
   */
  readonly timeout?: number | undefined;
  /**
   * A program that must end by itself although it never closes its backend. Without it, that check passes without doing
   * anything.
   */
  readonly program?: BackendProgram | undefined;
}

/** A program that the suite runs in its own process. */
export interface BackendProgram {
  /** An ES module that creates the backend, opens a series, records one sample, and neither closes nor exits. */
  readonly source: string;
  /** The folder that imports are resolved from. @default the working directory */
  readonly cwd?: string | undefined;
  /** Milliseconds that the process may live. @default 10000 */
  readonly timeout?: number | undefined;
}

/** One backend under test with its surroundings. */
export interface Fixture {
  /** The new backend. The suite starts and closes it. */
  readonly backend: MetricsBackend;
  /**
   * Returns everything that arrived at the other end since `create`. The suite calls it until the result is as expected
   * or the timeout has passed, so it need not wait. Without it only `stats` is checked, not what arrives: pass it if
   * you can.
   */
  readonly delivered?: (() => Delivered | Promise<Delivered>) | undefined;
  /** Makes sure that nothing arrives any more: stops the server, fails every send, or never responds. */
  readonly breakTransport?: (() => void | Promise<void>) | undefined;
  /** Called after the backend was closed. */
  readonly dispose?: (() => void | Promise<void>) | undefined;
}

/**
 * Everything that arrived, in the order of arrival, as the receiver read it. Omit what the backend reports about
 * itself.
 */
export interface Delivered {
  /** The lines, messages or rows of metrics. */
  readonly samples: readonly DeliveredSample[];
  /** Without it, events are counted but not compared. */
  readonly events?:
    | readonly {
        /** The title as it was recorded. */
        readonly title: string;
        /** The text as it was recorded. */
        readonly text: string;
      }[]
    | undefined;
  /** Without it, service checks are counted but not compared. */
  readonly serviceChecks?:
    | readonly {
        /** The name as it was recorded. */
        readonly name: string;
        /** The status as a word: `ok`, `warning`, `critical` or `unknown`. */
        readonly status: string;
      }[]
    | undefined;
}

/** One line, message or row that arrived. It may represent many samples: a counter's sum, or a summary of timings. */
export interface DeliveredSample {
  /** The kind that it arrived as. */
  readonly kind: MetricKind;
  /** The name that it arrived with, without a suffix for the instance. */
  readonly name: string;
  /** The instance, unless it arrived as a tag. */
  readonly instance?: string | undefined;
  /** Exactly the tags of the series, and `instance` if that is a tag. Configure no constant tags for the test. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** The amount as written (before it is divided by the rate), or the value. Not for sets. */
  readonly value?: number | undefined;
  /** The member of a set. */
  readonly member?: string | undefined;
  /** The rate that was transmitted. Only checked for the kinds in `sampled`. @default 1 */
  readonly sampleRate?: number | undefined;
  /** The number of samples in a summary of timings or of a distribution, whose `value` is their mean. */
  readonly count?: number | undefined;
  /**
   * The buckets of a summary, if the backend has any: the number of values up to each upper bound, in the metric's unit
   * (milliseconds for timings). They are compared if the metric was declared with buckets.
   */
  readonly bucketCounts?: readonly (readonly [bound: number, count: number])[] | undefined;
  /** Seconds since the epoch, if the call passed a time. */
  readonly timestamp?: number | undefined;
}

/** The features of a backend, as data. */
export interface Capabilities {
  /**
   * The kinds that it carries, each with the kind it arrives as: `{ distribution: 'timing' }` on plain StatsD. A set may
   * arrive as a gauge whose value is the number of distinct members. Samples of an omitted kind must still be accounted for,
   * as dropped.
   */
  readonly kinds: Readonly<Partial<Record<MetricKind, MetricKind>>>;
  /** Whether tags arrive, or are dropped because the protocol has none. */
  readonly tags: 'kept' | 'dropped';
  /** How an instance arrives: as tag `instance`, as `.instance` after the name, as its own field, or not at all. */
  readonly instance: 'tag' | 'suffix' | 'field' | 'dropped';
  /** The kinds whose samples it draws by rate. It keeps all samples of the others, whatever their rate. */
  readonly sampled: readonly MetricKind[];
  /** True if it has `recordAt`. */
  readonly timestamps: boolean;
  /** True if it has `event`. */
  readonly events: boolean;
  /** True if it has `serviceCheck`. */
  readonly serviceChecks: boolean;
  /** True if its counters only grow: negative amounts must be dropped. @default false */
  readonly monotonic?: boolean | undefined;
  /**
   * True if what arrives is the total so far, as it is when a server scrapes: `delivered` then returns what can be read now,
   * and the suite compares the latest of each series. A series that is no longer shown keeps what was read last.
   * @default false
   */
  readonly cumulative?: boolean | undefined;
  /** True if it discards everything, as the dummy does. Its stats may stay at zero. @default false */
  readonly discards?: boolean | undefined;
  /** The number of backends in a `combine` that count each sample. @default 1 */
  readonly copies?: number | undefined;
}
