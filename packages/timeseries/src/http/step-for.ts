import type { RangeOptions } from '../read-options.js';
import type { StoredSeries } from '../stored-series.js';
import type { TimeSeriesBackend } from '../time-series-backend.js';

/**
 * Resolves with the step of a range that has about `maxPoints` points, and with the number of points that it has with it.
 * It reads one of the series: that shows how many points there are, before all series are read.
 */
export async function stepFor(
  backend: Pick<TimeSeriesBackend, 'range'>,
  key: string,
  { tags }: Pick<StoredSeries, 'tags'>,
  options: RangeOptions,
  maxPoints: number | undefined,
): Promise<{ readonly step: number | undefined; readonly points: number }> {
  const points = await backend.range(key, { ...options, tags });
  const [first, second] = points;
  const merged = Math.ceil((points.length - 1) / (maxPoints ?? points.length));
  if (merged <= 1 || first === undefined || second === undefined) return { step: options.step, points: points.length };
  return { step: merged * (second[0] - first[0]), points: Math.ceil(points.length / merged) };
}
