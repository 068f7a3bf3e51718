import type { BackendHost, Problem } from '@metrics/core';

/** What a report may say beside code and remedy. */
export interface ProblemDetails {
  /** How often it happened. @default 1 */
  readonly count?: number | undefined;
  readonly metric?: string | undefined;
  readonly cause?: Error | undefined;
}

/** Where a backend's problems go: to `onError`, and to the facade once the backend is registered. Never throws. */
export class ProblemReporter {
  host: BackendHost | undefined;
  /** The message of the last cause. */
  lastError: string | undefined;
  readonly #onError: ((problem: Problem) => void) | undefined;
  readonly #told = new Set<string>();

  constructor(onError: ((problem: Problem) => void) | undefined) {
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
    if (cause !== undefined) this.lastError = cause.message;
    attempt(() => this.#onError?.(problem));
    attempt(() => this.host?.report(problem));
  }

  /** The first time only. */
  reportOnce(code: string, remedy: string, details: ProblemDetails = {}): void {
    if (this.#told.has(code)) return;
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
