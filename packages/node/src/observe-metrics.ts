import type { Metrics, MetricsStats } from '@metrics/core';
import { observeGauge } from './observe-gauge.js';
import { type Installation, install } from './shared.js';
import { TotalCounter } from './total-counter.js';

/**
 * Records what becomes of the samples of the metrics themselves, until the result is disposed, so that a dashboard can alert
 * on loss: `metrics.accepted`, `metrics.sent`, `metrics.dropped` by `reason`, `metrics.sampled_out`, `metrics.pending` and
 * `metrics.series`. They count from the call on.
 *
 * A second call for the same metrics returns the first result.
 *
 * @example
 * ```ts
 * import { metrics } from '@metrics/core';
 * import { observeMetrics } from '@metrics/node';
 *
 * observeMetrics(metrics);
 * ```
 */
export function observeMetrics(metrics: Metrics): Installation {
  return install(metrics, 'metrics', () => {
    const start = metrics.stats();
    const count = (key: string, description: string, total: number): TotalCounter =>
      new TotalCounter(metrics.defineCounter(key, { description }).with({}), total);
    const accepted = count('metrics.accepted', 'Samples that the backend received', start.backend.accepted);
    const sent = count('metrics.sent', 'Samples that the backend passed on', start.backend.sent);
    const sampledOut = count('metrics.sampled_out', 'Samples skipped by a rate', sampledOutOf(start));
    const dropped = metrics.defineCounter('metrics.dropped', { tags: ['reason'], description: 'Lost samples' });
    const reasons = new Map<string, TotalCounter>();
    const before = droppedOf(start);

    const definition = { description: 'Samples that are neither sent nor dropped yet' };
    const stopPending = observeGauge(metrics, 'metrics.pending', definition, () => {
      const stats = metrics.stats();
      accepted.update(stats.backend.accepted);
      sent.update(stats.backend.sent);
      sampledOut.update(sampledOutOf(stats));
      for (const [reason, total] of droppedOf(stats)) {
        let counter = reasons.get(reason);
        if (counter === undefined)
          reasons.set(reason, (counter = new TotalCounter(dropped.with({ reason }), before.get(reason) ?? 0)));
        counter.update(total);
      }
      return stats.backend.pending;
    });
    const open = { description: 'Open series' };
    const stopSeries = observeGauge(metrics, 'metrics.series', open, () => metrics.stats().series);
    return [stopPending, stopSeries];
  });
}

function sampledOutOf({ sampledOut, backend }: MetricsStats): number {
  return sampledOut + backend.sampledOut;
}

/** Returns the losses of the facade and of the backend by reason; `discarded` is what was recorded without a backend. */
function droppedOf({ discarded, dropped, backend }: MetricsStats): Map<string, number> {
  const totals = new Map(Object.entries(dropped));
  for (const [reason, total] of Object.entries({ ...backend.dropped, discarded }))
    totals.set(reason, (totals.get(reason) ?? 0) + total);
  return totals;
}
