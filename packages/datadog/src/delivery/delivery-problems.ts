import type { BackendReporter } from '@metrics/aggregation';

/** What people are told of a delivery. What goes on for the time of an outage is told once for each. */
export class DeliveryReports {
  readonly #problems: BackendReporter;
  /** Where requests go. */
  readonly #url: string;
  readonly #told = new Set<string>();

  constructor(problems: BackendReporter, url: string) {
    this.#problems = problems;
    this.#url = url;
  }

  /** The intake takes requests: the next outage is another one. */
  recovered(): void {
    this.#told.clear();
  }

  unreachable(errorMessage: string): void {
    this.#problems.lastError = errorMessage;
    const message = `The intake ${this.#url} takes no metrics; they wait for up to an hour and are sent again. Check network and proxy.`;
    this.#once('intake_unreachable', message, errorMessage);
  }

  forbidden(errorMessage: string): void {
    this.#problems.lastError = errorMessage;
    const message = `The intake ${this.#url} refuses the API key; metrics wait for up to an hour. Check that the key belongs to this site and was not revoked.`;
    this.#once('api_key_refused', message, errorMessage);
  }

  queueFull(maxBytes: number): void {
    this.#once('queue_full', `More than ${maxBytes} bytes wait for the intake, so the oldest are dropped.`);
  }

  expired(): void {
    this.#once('expired', 'The intake failed for an hour and takes no older points, so they are dropped.');
  }

  complained(errorMessage: string): void {
    const message = 'The intake took a request and found errors in it; which of its samples are lost it does not say.';
    this.#problems.report('intake_errors', message, { cause: new Error(errorMessage) });
  }

  tooLarge(errorMessage: string): void {
    const message = 'The intake finds a single series too large; it is lost. Use fewer or shorter tags.';
    this.#problems.report('payload_too_large', message, { cause: new Error(errorMessage) });
  }

  refused(errorMessage: string): void {
    const message = 'The intake refused a request and its samples are lost. Check site, baseUrl and API key.';
    this.#problems.report('payload_rejected', message, { cause: new Error(errorMessage) });
  }

  #once(code: string, message: string, errorMessage?: string): void {
    if (this.#told.has(code)) return;
    this.#told.add(code);
    this.#problems.report(code, message, { cause: errorMessage === undefined ? undefined : new Error(errorMessage) });
  }
}
