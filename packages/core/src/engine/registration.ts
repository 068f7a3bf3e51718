import type { CardinalityOptions } from '../cardinality/cardinality-options.js';
import type { OptionTypes } from '../options/option-checks.js';
import type { ProblemHandler } from '../problems/problem-reporter.js';
import type { Tags } from '../series/tags.js';

/** Options that work the same for every backend. Options of one backend belong to its constructor. */
export interface RegisterOptions {
  /** Prepended to every name unchanged; include the dot. @default '' */
  readonly prefix?: string | undefined;
  /** Tags of every series; child, context and call tags override them. */
  readonly tags?: Tags | undefined;
  /** The sampling rate of calls that set none; see `sampleRate` of a call. @default 1 */
  readonly sampleRate?: number | undefined;
  /**
   * Called with every problem, merged and rate limited. It may throw.
   * @default one `process.emitWarning` per distinct problem
   */
  readonly onError?: ProblemHandler | undefined;
  /**
   * Throws each problem as a `MetricsError`, also while the dummy is registered. For development and tests. Timers, `flush`
   * and `close` still only report.
   * @default false
   */
  readonly strict?: boolean | undefined;
  /** Metrics to switch off, by key or pattern: `['debug.*']`. `METRICS_DENY` (comma separated) adds to it. */
  readonly deny?: readonly string[] | undefined;
  /**
   * Registers over a live backend: samples go to the new one from now on, the old one closes in the background.
   * @default false, which is an error if a live one is registered, unless outside production the same call has run again:
   *   the same file, line and column, or with `NODE_ENV=development` the same file
   */
  readonly replace?: boolean | undefined;
  /**
   * A later `register` needs no `replace`: for a default that an application may override. `@metrics/core/auto` sets it.
   * @default false
   */
  readonly overridable?: boolean | undefined;
  /** Signals that close the backend and then terminate the process as usual, such as `['SIGTERM']`. @default none */
  readonly signals?: readonly ExitSignal[] | undefined;
  /** Limits on the number of series, and which tags to drop or limit. */
  readonly cardinality?: CardinalityOptions | undefined;
}

export const REGISTER_OPTIONS: OptionTypes<RegisterOptions> = {
  prefix: 'string',
  tags: undefined,
  sampleRate: undefined,
  onError: 'function',
  strict: 'boolean',
  deny: 'array',
  replace: 'boolean',
  overridable: 'boolean',
  signals: 'array',
  cardinality: 'object',
};

/** A signal that usually ends a process and that {@link RegisterOptions.signals} may handle. */
export type ExitSignal = 'SIGTERM' | 'SIGINT' | 'SIGHUP' | 'SIGQUIT' | 'SIGUSR2' | 'SIGBREAK';

/** Options of `close`. */
export interface CloseOptions {
  /** Milliseconds for the last flush. Samples not sent by then are dropped and counted. @default 2000 */
  readonly timeout?: number | undefined;
}

/** Undoes a `register`: disposing it restores the dummy or recording backend that was active before. A live one was closed. */
export interface Registration {
  /** Undoes the registration. Further calls, and calls after another `register`, change nothing. */
  dispose(): void;
  /** Does the same as {@link Registration.dispose}: `using registration = metrics.register(backend)`. */
  [Symbol.dispose](): void;
}
