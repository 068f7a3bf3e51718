// The way of a backend's problems to its host.
import type { BackendHost, Problem } from '@metrics/core';
import { DROP_MESSAGES } from './drop-messages.js';

/** Problems kept before `start`; more of them are not reported. */
const MAX_EARLY_PROBLEMS = 100;

/** Milliseconds between two reports of losses for one reason: there may be a million in a second. */
const DROPPED_REPORT_MS = 60_000;

/** Optional parts of a report. */
export interface ProblemDetails {
  /** How often it happened. @default 1 */
  readonly count?: number | undefined;
  /** The key of the metric, if it concerns one. */
  readonly metric?: string | undefined;
  /** The value that was thrown. */
  readonly cause?: unknown;
}

/** Reports a backend's problems to its host. Problems found before `start` are kept and reported then. Never throws. */
export class BackendReporter {
  /** The message of the last cause. */
  lastError: string | undefined;
  #host: BackendHost | undefined;
  #early: Problem[] = [];
  readonly #reported = new Set<string>();
  /** The last report of each reason, and the samples since. */
  readonly #dropped = new Map<string, { readonly at: number; since: number }>();

  /** Reports to this host from now on, beginning with the problems found earlier. */
  start(host: BackendHost): void {
    this.#host = host;
    const early = this.#early;
    this.#early = [];
    for (const problem of early) this.#deliver(problem);
  }

  /** Has the host read the observed gauges. Does nothing before `start`. */
  collect(): void {
    this.#host?.collect();
  }

  /** Reports a problem, and keeps the message of its cause as {@link lastError}. */
  report(code: string, message: string, { count = 1, metric, cause }: ProblemDetails = {}): void {
    if (cause !== undefined)
      this.lastError = cause instanceof Error ? cause.message : 'a thrown value that is not an Error';
    this.#deliver({
      code,
      count,
      message,
      ...(metric !== undefined && { metric }),
      ...(cause !== undefined && { cause }),
    });
  }

  /** Reports a code at its first call only. */
  reportOnce(code: string, message: string, details: ProblemDetails = {}): void {
    if (this.#reported.has(code)) return;
    this.#reported.add(code);
    this.report(code, message, details);
  }

  /** Reports a loss that only its reason explains: immediately, then once a minute with the number of samples since. */
  reportDropped(reason: string, samples: number): void {
    const message = DROP_MESSAGES[reason];
    if (message === undefined) return;
    const now = performance.now();
    const last = this.#dropped.get(reason);
    if (last !== undefined && now < last.at + DROPPED_REPORT_MS) {
      last.since += samples;
      return;
    }
    this.#dropped.set(reason, { at: now, since: 0 });
    this.report(reason, message, { count: samples + (last?.since ?? 0) });
  }

  #deliver(problem: Problem): void {
    if (this.#host === undefined) {
      if (this.#early.length < MAX_EARLY_PROBLEMS) this.#early.push(problem);
      return;
    }
    try {
      this.#host.report(problem);
    } catch {
      // The application's handler must not break what it watches.
    }
  }
}
