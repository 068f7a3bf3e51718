import type { ModelledSeries } from '../bucket/slot-aggregator.js';

/** https://docs.datadoghq.com/api/latest/metrics/submit-metrics/, version 2. */
const TYPES = { count: 1, gauge: 3 } as const;

/** One element of the list `series` of a request, or `undefined` where JSON cannot carry its value. */
export function seriesJson(series: ModelledSeries, interval: number, version: 1 | 2): string | undefined {
  const { metric, type, points, host, tags } = series;
  if (!points.every(([, value]) => (typeof value === 'number' ? Number.isFinite(value) : value.length > 0))) {
    return undefined;
  }
  const about = tags.length > 0 ? { tags } : {};
  if (type === 'distribution') return JSON.stringify({ metric, type, points, ...hostField(host), ...about });
  // What a gauge says has no length.
  const covered = type === 'count' ? { interval } : {};
  if (version === 1) return JSON.stringify({ metric, type, ...covered, points, ...hostField(host), ...about });
  return JSON.stringify({
    metric,
    type: TYPES[type],
    ...covered,
    points: points.map(([timestamp, value]) => ({ timestamp, value })),
    ...(host !== '' && { resources: [{ type: 'host', name: host }] }),
    ...about,
  });
}

function hostField(host: string): { readonly host?: string } {
  return host === '' ? {} : { host };
}
