import { createMetrics, type Metrics, type Problem } from '@metrics/core';
import { OpenTelemetryBackend, type OpenTelemetryOptions } from '../src/index.js';

/** A facade with the backend registered, and the problems that it reports. */
export function setUp(options: OpenTelemetryOptions): {
  readonly backend: OpenTelemetryBackend;
  readonly metrics: Metrics;
  readonly problems: Problem[];
} {
  const backend = new OpenTelemetryBackend(options);
  const metrics = createMetrics();
  const problems: Problem[] = [];
  metrics.register(backend, { onError: (problem) => problems.push(problem) });
  return { backend, metrics, problems };
}

/** Opens a series in a backend without a facade. */
export function open(backend: OpenTelemetryBackend, id: number, kind: string, name: string, tag = ''): void {
  backend.open(id, { kind, key: name, name, tags: [['tag', tag]] } as never);
}
