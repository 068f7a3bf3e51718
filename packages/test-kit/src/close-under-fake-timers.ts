import { type BackendStats, createMetrics, type MetricsBackend } from '@metrics/core';

/** More than fits into one slice of the event loop, and into one burst of packets. */
const MANY_SERIES = 20_000;

/**
 * Records many series, flushes and closes while every timer, clock and microtask queue of jest is fake and stands still.
 * Returns the stats afterwards.
 */
export async function closeUnderFakeTimers(createBackend: () => MetricsBackend): Promise<BackendStats> {
  jest.useFakeTimers();
  try {
    const metrics = createMetrics({ backend: createBackend(), cardinality: { mode: 'off' }, onError: () => {} });
    for (let number = 0; number < MANY_SERIES; number += 1) metrics.incr(`jobs.${number}`);
    await metrics.flush();
    metrics.timing('request', 5);
    await metrics.close();
    return metrics.stats().backend;
  } finally {
    jest.useRealTimers();
  }
}
