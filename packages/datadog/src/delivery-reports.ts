import type { ProblemReporter } from '@metrics/aggregation';

/** What people are told of a delivery. What goes on for the time of an outage is told once for each. */
export class DeliveryReports {
  readonly #problems: ProblemReporter;
  /** Where requests go. */
  readonly #url: string;
  readonly #told = new Set<string>();

  constructor(problems: ProblemReporter, url: string) {
    this.#problems = problems;
    this.#url = url;
  }

  /** The intake takes requests: the next outage is another one. */
  recovered(): void {
    this.#told.clear();
  }

  unreachable(message: string): void {
    this.#problems.lastError = message;
    const remedy = `The intake ${this.#url} takes no metrics; they wait for up to an hour and are sent again. Check network and proxy.`;
    this.#once('intake_unreachable', remedy, message);
  }

  forbidden(message: string): void {
    this.#problems.lastError = message;
    const remedy = `The intake ${this.#url} refuses the API key; metrics wait for up to an hour. Check that the key belongs to this site and was not revoked.`;
    this.#once('api_key_refused', remedy, message);
  }

  queueFull(maxBytes: number): void {
    this.#once('queue_full', `More than ${maxBytes} bytes wait for the intake, so the oldest are dropped.`);
  }

  expired(): void {
    this.#once('expired', 'The intake failed for an hour and takes no older points, so they are dropped.');
  }

  complained(message: string): void {
    const remedy = 'The intake took a request and found errors in it; which of its samples are lost it does not say.';
    this.#problems.report('intake_errors', remedy, { cause: new Error(message) });
  }

  tooLarge(message: string): void {
    const remedy = 'The intake finds a single series too large; it is lost. Use fewer or shorter tags.';
    this.#problems.report('payload_too_large', remedy, { cause: new Error(message) });
  }

  refused(message: string): void {
    const remedy = 'The intake refused a request and its samples are lost. Check site, baseUrl and API key.';
    this.#problems.report('payload_rejected', remedy, { cause: new Error(message) });
  }

  #once(code: string, remedy: string, message?: string): void {
    if (this.#told.has(code)) return;
    this.#told.add(code);
    this.#problems.report(code, remedy, { cause: message === undefined ? undefined : new Error(message) });
  }
}
