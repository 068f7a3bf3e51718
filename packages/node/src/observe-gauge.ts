import type { GaugeDefinition, Metrics } from '@metrics/core';
import { type GaugeReader, type ObservedGauge, shared } from './shared.js';

/**
 * Reads a gauge at each flush, until the returned function is called.
 *
 * The reader belongs to the declaration, because one that is passed to `gauge.observe` ends when the metrics are closed: an
 * installation lasts, like the timings next to it, and is read by the backend that is registered after that. The declaration
 * remains, so that another reader can replace the one that ended.
 */
export function observeGauge(
  metrics: Metrics,
  key: string,
  definition: GaugeDefinition<string>,
  read: GaugeReader,
): () => void {
  const { gauges } = shared();
  let declared = gauges.get(metrics);
  if (declared === undefined) gauges.set(metrics, (declared = new Map()));
  let observed = declared.get(key);
  if (observed === undefined) {
    const observe = (): number | undefined => created.read?.(created.gauge);
    const created: ObservedGauge = {
      gauge: metrics.defineGauge<string>(key, { ...definition, observe }),
      read: undefined,
    };
    declared.set(key, (observed = created));
  }
  const current = observed;
  current.read = read;
  return () => {
    if (current.read === read) current.read = undefined;
  };
}
