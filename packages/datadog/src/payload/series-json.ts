import type { DatadogSeries } from 'datadog-metrics/lib/metrics.js';

/** Codes of version 2: https://docs.datadoghq.com/api/latest/metrics/submit-metrics/ */
const TYPE_CODES = { count: 1, gauge: 3 } as const;

/**
 * Returns a series as an element of the request's list `series`, or `undefined` if JSON cannot represent its value.
 *
 * @param interval the seconds that the point covers.
 */
export function seriesJson(series: DatadogSeries, interval: number, version: 1 | 2): string | undefined {
  const { metric, type, points, host, tags } = series;
  if (!points.every(([, value]) => (typeof value === 'number' ? Number.isFinite(value) : value.length > 0))) {
    return undefined;
  }
  const tagsField = tags.length > 0 ? { tags } : {};
  if (type === 'distribution') return JSON.stringify({ metric, type, points, ...hostField(host), ...tagsField });
  // A gauge covers no period.
  const intervalField = type === 'count' ? { interval } : {};
  if (version === 1)
    return JSON.stringify({ metric, type, ...intervalField, points, ...hostField(host), ...tagsField });
  return JSON.stringify({
    metric,
    type: TYPE_CODES[type],
    ...intervalField,
    points: points.map(([timestamp, value]) => ({ timestamp, value })),
    ...(host !== '' && { resources: [{ type: 'host', name: host }] }),
    ...tagsField,
  });
}

function hostField(host: string): { readonly host?: string } {
  return host === '' ? {} : { host };
}
