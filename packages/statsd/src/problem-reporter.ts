import type { BackendHost, Problem } from '@metrics/core';

/** Where problems go: to `onError`, and to the facade once the backend is registered. Never throws. */
export class ProblemReporter {
  host: BackendHost | undefined;
  lastError: string | undefined;
  readonly #onError: ((problem: Problem) => void) | undefined;
  readonly #told = new Set<string>();

  constructor(onError: ((problem: Problem) => void) | undefined) {
    this.#onError = onError;
  }

  report(code: string, remedy: string, details: { readonly cause?: Error; readonly metric?: string } = {}): void {
    const problem: Problem = { code, count: 1, remedy, ...details };
    if (details.cause !== undefined) this.lastError = details.cause.message;
    attempt(() => this.#onError?.(problem));
    attempt(() => this.host?.report(problem));
  }

  /** The first time only. */
  reportOnce(code: string, remedy: string, details: { readonly metric?: string } = {}): void {
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
