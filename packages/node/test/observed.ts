import { createMetrics, type Metrics } from '@metrics/core';
import { type HttpOptions, type Installation, observeHttp } from '@metrics/node';
import { RecordingBackend } from '@metrics/testing';
import { waitUntil } from 'test-kit/wait-until';

type ShownTags = Readonly<Record<string, string>>;

/** Metrics that observe HTTP, and what they recorded. */
export class Observed {
  static readonly #all: Observed[] = [];
  readonly backend = new RecordingBackend();
  readonly metrics: Metrics;
  readonly installation: Installation;

  constructor(options?: HttpOptions) {
    this.metrics = createMetrics({ backend: this.backend });
    this.installation = observeHttp(this.metrics, options);
    Observed.#all.push(this);
  }

  /** Ends all, as the tests of an application have to: channels belong to the process. */
  static async disposeAll(): Promise<void> {
    for (const each of Observed.#all.splice(0)) {
      each.installation.dispose();
      await each.metrics.close();
    }
  }

  /** Returns the tags of all requests, in the order of their ends. */
  requests(kind: 'server' | 'client'): ShownTags[] {
    return this.backend.recorded.samples({ key: `http.${kind}.request.duration` }).map(({ tags }) => ({ ...tags }));
  }

  /** Resolves with the tags of all requests once there are as many, and the tests that follow find none running. */
  async ended(kind: 'server' | 'client', count: number): Promise<ShownTags[]> {
    await waitUntil(
      () => this.requests(kind).length >= count,
      () => this.requests(kind),
    );
    await waitUntil(
      async () => (await this.active(kind)) === 0,
      () => this.active(kind),
    );
    return this.requests(kind);
  }

  async active(kind: 'server' | 'client'): Promise<number | undefined> {
    await this.metrics.flush();
    return this.backend.recorded.gauge(`http.${kind}.active_requests`);
  }
}
