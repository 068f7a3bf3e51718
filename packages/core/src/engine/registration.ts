import type { CardinalityOptions } from '../cardinality/cardinality-options.js';
import type { ProblemHandler } from '../problems/problem-reporter.js';
import type { Tags } from '../series/tags.js';

/** How a backend is used, whatever it is. Everything that is one backend's own is an option of its constructor. */
export interface RegisterOptions {
  /** Put before every metric's name as it is: a dot is yours to write. @default '' */
  readonly prefix?: string | undefined;
  /** Tags of every series; child, context and call tags win over them. */
  readonly tags?: Tags | undefined;
  /** For calls without one of their own; see `sampleRate` of a call. @default 1 */
  readonly sampleRate?: number | undefined;
  /**
   * Called with every problem, merged and rate limited. It may throw.
   * @default one `process.emitWarning` per distinct problem
   */
  readonly onError?: ProblemHandler | undefined;
  /**
   * Throws a `MetricsError` where a problem is met, also while the dummy is registered. For development and tests. Timers,
   * `flush` and `close` only ever report.
   * @default false
   */
  readonly strict?: boolean | undefined;
  /** Metrics switched off, by key or by its beginning: `['debug.*']`. `METRICS_DENY` (comma separated) adds to it. */
  readonly deny?: readonly string[] | undefined;
  /** Register over a live backend: samples go to the new one at once, the old one is closed in the background. @default false */
  readonly replace?: boolean | undefined;
  /** Signals on which to close and then die of the signal, such as `['SIGTERM']`. @default none: signals are yours */
  readonly signals?: readonly ExitSignal[] | undefined;
  /** How many series may be opened, and which tags had better not be used. */
  readonly cardinality?: CardinalityOptions | undefined;
}

export type ExitSignal = 'SIGTERM' | 'SIGINT' | 'SIGHUP' | 'SIGQUIT' | 'SIGUSR2' | 'SIGBREAK';

export interface CloseOptions {
  /** Milliseconds. What could not be sent by then is dropped and counted. @default 2000 */
  readonly timeout?: number | undefined;
}

/** Disposing it puts back what was registered before: the dummy or a recording backend; a live one was closed. */
export interface Registration {
  dispose(): void;
  [Symbol.dispose](): void;
}
