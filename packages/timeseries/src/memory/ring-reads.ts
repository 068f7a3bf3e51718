// Reads of the memory store: each merges the rings of some series into one number a point. They work in slices, between
// which the application records, so samples of the meantime may be in the result or not.
import { addFinite } from '../finite-sum.js';
import type { MergeableSummary } from '../summary/mergeable-summary.js';
import type { GaugeReading, StoreQuery } from '../time-series-store.js';
import { isTurnOver, nextTurn } from '../turns.js';
import type { CounterRing } from './counter-ring.js';
import type { GaugeRing } from './gauge-ring.js';
import type { Ring } from './ring.js';
import type { SummaryRing } from './summary-ring.js';

const BUCKETS_PER_CLOCK_CHECK = 16;

type PointValue = number | undefined;

/** Resolves with the sum of all rings for each point. */
export async function readCounters(rings: readonly CounterRing[], query: StoreQuery): Promise<PointValue[]> {
  const sums = Array.from({ length: query.points }, () => 0);
  for (const ring of rings) {
    visitBuckets(ring, query, (bucket, point) => {
      sums[point]! += ring.sum(bucket);
    });
    if (isTurnOver()) await nextTurn();
  }
  return sums.map((sum) => addFinite(sum, 0));
}

/** Resolves, for each point, with the sum of the last values of all rings, the smallest minimum, or the largest maximum. */
export async function readGauges(rings: readonly GaugeRing[], query: StoreQuery): Promise<PointValue[]> {
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
    if (isTurnOver()) await nextTurn();
  }
  return points;
}

/**
 * Resolves with a statistic of all rings for each point.
 *
 * @param summary is filled for each point; nothing else may use it meanwhile.
 */
export async function readSummaries(
  rings: readonly SummaryRing[],
  query: StoreQuery,
  summary: MergeableSummary,
): Promise<PointValue[]> {
  const first = query.from / query.rollup.step;
  const perPoint = query.step / query.rollup.step;
  const points: PointValue[] = [];
  let merged = 0;
  for (let start = first; points.length < query.points; start += perPoint) {
    summary.clear();
    for (const ring of rings) {
      const end = Math.min(start + perPoint, ring.newest + 1);
      for (let bucket = Math.max(start, ring.oldest); bucket < end; bucket += 1) {
        const encoded = ring.encoded(bucket);
        if (encoded !== undefined) summary.merge(encoded, query.statistic);
        merged += 1;
      }
      // The clock costs a tenth of that.
      if (merged < BUCKETS_PER_CLOCK_CHECK) continue;
      merged = 0;
      if (isTurnOver()) await nextTurn();
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
