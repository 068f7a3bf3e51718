import type { BackendHost } from '@metrics/core';

/** Tells the facade of each kind of problem once. Never throws. */
export class ProblemReporter {
  host: BackendHost | undefined;
  readonly #told = new Set<string>();

  reportOnce(code: string, remedy: string, cause?: unknown): void {
    // What comes before the backend is registered is told when it comes again.
    if (this.host === undefined || this.#told.has(code)) return;
    this.#told.add(code);
    try {
      this.host.report({ code, count: 1, remedy, ...(cause !== undefined && { cause }) });
    } catch {
      // The application's handler must not break what it watches.
    }
  }
}
