import { createMetrics, type Metrics, type Problem } from '@metrics/core';
import { PrometheusBackend, type PrometheusOptions } from '../src/index.js';

/** A facade with the backend registered, and the problems that it reports. */
export function setUp(options: PrometheusOptions = {}): {
  readonly backend: PrometheusBackend;
  readonly metrics: Metrics;
  readonly problems: Problem[];
} {
  const backend = new PrometheusBackend(options);
  const metrics = createMetrics();
  const problems: Problem[] = [];
  metrics.register(backend, { onError: (problem) => problems.push(problem) });
  return { backend, metrics, problems };
}
