import type { BackendReporter } from '@metrics/aggregation';

/** Reports the problems of the delivery. Those that last as long as an outage are reported once for each outage. */
export class DeliveryProblems {
  readonly #reporter: BackendReporter;
  /** The address of the intake. */
  readonly #url: string;
  readonly #reportedInOutage = new Set<string>();

  constructor(reporter: BackendReporter, url: string) {
    this.#reporter = reporter;
    this.#url = url;
  }

  /** Ends the outage: the problems of the next one are reported again. */
  endOutage(): void {
    this.#reportedInOutage.clear();
  }

  reportUnreachable(error: string): void {
    this.#reporter.lastError = error;
    const message = `The intake ${this.#url} does not accept metrics now. They are kept for up to an hour and sent again. Check network and proxy.`;
    this.#reportOnceInOutage('intake_unreachable', message, error);
  }

  reportRefusedKey(error: string): void {
    this.#reporter.lastError = error;
    const message = `The intake ${this.#url} refuses the API key. Metrics are kept for up to an hour. Check that the key belongs to this site and was not revoked.`;
    this.#reportOnceInOutage('api_key_refused', message, error);
  }

  reportQueueFull(maxBytes: number): void {
    const message = `More than ${maxBytes} bytes of requests wait for the intake, so the oldest are dropped. Check the intake, or raise maxQueueBytes.`;
    this.#reportOnceInOutage('queue_full', message);
  }

  reportExpired(): void {
    const message = 'The intake failed for an hour and accepts no older points, so they are dropped. Check the intake.';
    this.#reportOnceInOutage('expired', message);
  }

  reportAcceptedWithErrors(error: string): void {
    const message =
      'The intake accepted a request and found errors in it. All its samples count as dropped, because the response does not say which of them were. See the cause.';
    this.#reporter.report('intake_errors', message, { cause: new Error(error) });
  }

  reportTooLarge(error: string): void {
    const message =
      'The intake rejected a single series as too large, and its samples are dropped. Use fewer or shorter tags.';
    this.#reporter.report('payload_too_large', message, { cause: new Error(error) });
  }

  reportRejected(error: string): void {
    const message =
      'The intake rejected a request, and its samples are dropped. Check the options site, baseUrl and apiKey.';
    this.#reporter.report('payload_rejected', message, { cause: new Error(error) });
  }

  #reportOnceInOutage(code: string, message: string, error?: string): void {
    if (this.#reportedInOutage.has(code)) return;
    this.#reportedInOutage.add(code);
    this.#reporter.report(code, message, { cause: error === undefined ? undefined : new Error(error) });
  }
}
