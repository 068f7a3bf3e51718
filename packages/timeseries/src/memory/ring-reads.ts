// Reads of the memory store: each merges the rings of some series into one number a point.
import type { MergeableSummary } from '../summary/mergeable-summary.js';
import type { GaugeReading, StoreQuery } from '../time-series-store.js';
import type { CounterRing } from './counter-ring.js';
import type { GaugeRing } from './gauge-ring.js';
import type { Ring } from './ring.js';
import type { SummaryRing } from './summary-ring.js';

type PointValue = number | undefined;

/** Returns the sum of all rings for each point. */
export function readCounters(rings: readonly CounterRing[], query: StoreQuery): PointValue[] {
  const sums = Array.from({ length: query.points }, () => 0);
  for (const ring of rings)
    visitBuckets(ring, query, (bucket, point) => {
      sums[point]! += ring.sum(bucket);
    });
  return sums;
}

/** Returns, for each point, the sum of the last values of all rings, the smallest minimum, or the largest maximum. */
export function readGauges(rings: readonly GaugeRing[], query: StoreQuery): PointValue[] {
  const field = query.statistic as keyof GaugeReading;
  // Within a ring the later value is the last one; the last values of several rings are added up.
  const mergeBuckets = { last: (_: number, value: number) => value, min: Math.min, max: Math.max }[field];
  const mergeRings = { last: (sum: number, value: number) => sum + value, min: Math.min, max: Math.max }[field];
  const points: PointValue[] = Array.from({ length: query.points });
  for (const ring of rings) {
    const ringPoints: PointValue[] = Array.from({ length: query.points });
    visitBuckets(ring, query, (bucket, point) => {
      const value = ring[field](bucket);
      if (!Number.isNaN(value)) ringPoints[point] = fold(mergeBuckets, ringPoints[point], value);
    });
    ringPoints.forEach((value, point) => {
      if (value !== undefined) points[point] = fold(mergeRings, points[point], value);
    });
  }
  return points;
}

/**
 * Returns a statistic of all rings for each point.
 *
 * @param summary is filled for each point; its content is overwritten.
 */
export function readSummaries(
  rings: readonly SummaryRing[],
  query: StoreQuery,
  summary: MergeableSummary,
): PointValue[] {
  const first = query.from / query.rollup.step;
  const perPoint = query.step / query.rollup.step;
  const points: PointValue[] = [];
  for (let start = first; points.length < query.points; start += perPoint) {
    summary.clear();
    for (const ring of rings) {
      const end = Math.min(start + perPoint, ring.newest + 1);
      for (let bucket = Math.max(start, ring.oldest); bucket < end; bucket += 1) {
        const encoded = ring.encoded(bucket);
        if (encoded !== undefined) summary.merge(encoded, query.statistic);
      }
    }
    points.push(summary.statistic(query.statistic));
  }
  return points;
}

function fold(merge: (one: number, other: number) => number, one: PointValue, other: number): number {
  return one === undefined ? other : merge(one, other);
}

/** Calls `visit` with each bucket of the range that the ring may keep, and the point that the bucket belongs to. */
function visitBuckets(
  ring: Ring,
  { from, step, points, rollup }: StoreQuery,
  visit: (bucket: number, point: number) => void,
): void {
  const first = from / rollup.step;
  const perPoint = step / rollup.step;
  const end = Math.min(first + points * perPoint, ring.newest + 1);
  for (let bucket = Math.max(first, ring.oldest); bucket < end; bucket += 1)
    visit(bucket, Math.floor((bucket - first) / perPoint));
}
