import type { BackendStats, MetricsBackend } from './metrics-backend.js';

/**
 * The default backend: discards every sample. It is also the smallest valid backend, to start your own from.
 *
 * @example
 * ```ts
 * import { DummyMetricsBackend, metrics } from '@metrics/core';
 *
 * metrics.register(new DummyMetricsBackend(), { strict: true }); // discards samples, and throws for invalid ones
 * metrics.incr('jobs.started');
 * ```
 */
export class DummyMetricsBackend implements MetricsBackend {
  readonly discards = true;
  readonly closed: boolean = false;
  readonly replaceable = true;

  open(): void {}
  release(): void {}
  incr(): void {}
  gauge(): void {}
  timing(): void {}
  distribution(): void {}
  set(): void {}
  recordAt(): void {}
  event(): void {}
  serviceCheck(): void {}

  async flush(): Promise<void> {}
  async close(): Promise<void> {}

  stats(): BackendStats {
    return { accepted: 0, sent: 0, dropped: {}, pending: 0, sampledOut: 0 };
  }
}
