import type { BackendHost, Problem } from '@metrics/core';

/** What a report may say beside code and message. */
export interface ProblemDetails {
  /** How often it happened. @default 1 */
  readonly count?: number | undefined;
  readonly metric?: string | undefined;
  /** What was thrown. */
  readonly cause?: unknown;
}

/** Where a backend's problems go: to `onError`, and to the facade once the backend is registered. Never throws. */
export class BackendReporter {
  host: BackendHost | undefined;
  /** The message of the last cause. */
  lastError: string | undefined;
  readonly #onError: ((problem: Problem) => void) | undefined;
  readonly #reported = new Set<string>();

  constructor(onError?: (problem: Problem) => void) {
    this.#onError = onError;
  }

  report(code: string, message: string, { count = 1, metric, cause }: ProblemDetails = {}): void {
    const problem: Problem = {
      code,
      count,
      message,
      ...(metric !== undefined && { metric }),
      ...(cause !== undefined && { cause }),
    };
    if (cause !== undefined) this.lastError = cause instanceof Error ? cause.message : 'something that is no Error';
    callHandler(() => this.#onError?.(problem));
    callHandler(() => this.host?.report(problem));
  }

  /** The first time only, but not before somebody listens. */
  reportOnce(code: string, message: string, details: ProblemDetails = {}): void {
    if (this.#reported.has(code) || (this.#onError ?? this.host) === undefined) return;
    this.#reported.add(code);
    this.report(code, message, details);
  }
}

function callHandler(tell: () => void): void {
  try {
    tell();
  } catch {
    // The application's handler must not break what it watches.
  }
}
