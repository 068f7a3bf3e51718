import type { BackendHost, Problem } from '@metrics/core';

/** What a report may say beside code and remedy. */
export interface ProblemDetails {
  /** How often it happened. @default 1 */
  readonly count?: number | undefined;
  readonly metric?: string | undefined;
  /** What was thrown. */
  readonly cause?: unknown;
}

/** Where a backend's problems go: to `onError`, and to the facade once the backend is registered. Never throws. */
export class ProblemReporter {
  host: BackendHost | undefined;
  /** The message of the last cause. */
  lastError: string | undefined;
  readonly #onError: ((problem: Problem) => void) | undefined;
  readonly #told = new Set<string>();

  constructor(onError?: (problem: Problem) => void) {
    this.#onError = onError;
  }

  report(code: string, remedy: string, { count = 1, metric, cause }: ProblemDetails = {}): void {
    const problem: Problem = {
      code,
      count,
      remedy,
      ...(metric !== undefined && { metric }),
      ...(cause !== undefined && { cause }),
    };
    if (cause !== undefined) this.lastError = cause instanceof Error ? cause.message : 'something that is no Error';
    attempt(() => this.#onError?.(problem));
    attempt(() => this.host?.report(problem));
  }

  /** The first time only, but not before somebody listens. */
  reportOnce(code: string, remedy: string, details: ProblemDetails = {}): void {
    if (this.#told.has(code) || (this.#onError ?? this.host) === undefined) return;
    this.#told.add(code);
    this.report(code, remedy, details);
  }
}

function attempt(tell: () => void): void {
  try {
    tell();
  } catch {
    // The application's handler must not break what it watches.
  }
}
