import type { MetricKind, MetricsBackend } from '@metrics/core';

/** A backend as the conformance suite sees it: how to make one, and what it can carry. */
export interface BackendUnderTest {
  /** A fresh backend, not started, for each check. */
  create(): Fixture | Promise<Fixture>;
  readonly capabilities: Capabilities;
  /**
   * How long a flush may take, what was flushed to arrive, and `close` beyond its deadline, in milliseconds.
   * @default 2000
   */
  readonly patience?: number | undefined;
  /**
   * An ES module that makes the backend, opens a series, records one sample and neither closes nor exits. The suite runs
   * it in a process of its own, which must end by itself. Left out, that check finds nothing to do.
   */
  readonly program?: BackendProgram | undefined;
}

export interface BackendProgram {
  readonly source: string;
  /** Where imports are resolved from. @default the working directory */
  readonly cwd?: string | undefined;
  /** How long the process may live, in milliseconds. @default 4000 */
  readonly timeout?: number | undefined;
}

/** One backend under test with its surroundings. */
export interface Fixture {
  readonly backend: MetricsBackend;
  /**
   * Everything that arrived at the other end since `create`. Asked again until it is what is expected or patience ends,
   * so it need not wait. Without it only the books are checked, not the goods: give it wherever you can.
   */
  readonly delivered?: (() => Delivered | Promise<Delivered>) | undefined;
  /** From now on nothing arrives any more: stop the server, fail every send, or never answer. */
  readonly breakTransport?: (() => void | Promise<void>) | undefined;
  /** Called after the backend was closed. */
  readonly dispose?: (() => void | Promise<void>) | undefined;
}

/** What arrived, in the order of arrival, as the receiver understood it. Leave out what the backend says about itself. */
export interface Delivered {
  readonly samples: readonly DeliveredSample[];
  /** Left out, events are counted but not looked for. */
  readonly events?: readonly { readonly title: string; readonly text: string }[] | undefined;
  readonly serviceChecks?: readonly { readonly name: string; readonly status: string }[] | undefined;
}

/** One line, message or row that arrived. It may stand for many samples: a counter's sum, or a summary of timings. */
export interface DeliveredSample {
  readonly kind: MetricKind;
  readonly name: string;
  readonly instance?: string | undefined;
  /** Exactly the tags of the series, and `instance` where that is a tag: configure no constant tags for the test. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** Of all kinds but sets: the amount as written (before it is divided by the rate), or the value. */
  readonly value?: number | undefined;
  /** Of sets. */
  readonly member?: string | undefined;
  /** The rate the receiver is told. Looked at for the kinds in `sampled` only. @default 1 */
  readonly sampleRate?: number | undefined;
  /** For a summary of timings or of a distribution: how many samples it stands for; `value` is their mean. */
  readonly count?: number | undefined;
  /** Seconds since the epoch, where the call gave it. */
  readonly timestamp?: number | undefined;
}

/** What a backend can carry, as data. */
export interface Capabilities {
  /**
   * The kinds it carries, each with the kind it arrives as: `{ distribution: 'timing' }` on plain StatsD. Samples of a kind
   * that is left out must still be accounted for, as dropped.
   */
  readonly kinds: Readonly<Partial<Record<MetricKind, MetricKind>>>;
  readonly tags: 'kept' | 'dropped';
  /** As tag `instance`, as `.instance` behind the name, as a field of its own, or not at all. */
  readonly instance: 'tag' | 'suffix' | 'field' | 'dropped';
  /** The kinds it samples by drawing; samples of all others are all kept, whatever their rate. */
  readonly sampled: readonly MetricKind[];
  /** Has `recordAt`. */
  readonly timestamps: boolean;
  /** Has `event`. */
  readonly events: boolean;
  /** Has `serviceCheck`. */
  readonly serviceChecks: boolean;
  /** Throws everything away, as the dummy does: its books may stay empty. @default false */
  readonly discards?: boolean | undefined;
  /** How many members of `combine` count each sample. @default 1 */
  readonly copies?: number | undefined;
}
