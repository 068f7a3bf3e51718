import type { Statistic } from '../statistic.js';
import type { GaugeReading, StoreQuery } from '../time-series-store.js';
import type { CounterRing } from './counter-ring.js';
import type { GaugeRing } from './gauge-ring.js';
import type { Ring } from './ring.js';
import type { Summary, SummaryRing } from './summary-ring.js';

type Point = number | undefined;

/** The sums of all rings, a number for each point. */
export function readCounters(rings: readonly CounterRing[], query: StoreQuery): Point[] {
  const sums = Array.from({ length: query.points }, () => 0);
  for (const ring of rings)
    visitBuckets(ring, query, (bucket, point) => {
      sums[point]! += ring.sum(bucket);
    });
  return sums;
}

/** Of the last values of all rings the sum, of their minima the least, of their maxima the greatest. */
export function readGauges(rings: readonly GaugeRing[], query: StoreQuery): Point[] {
  const field = query.statistic as keyof GaugeReading;
  // Within a ring the later value is the last one; of several rings the last values are added up.
  const within = { last: (_: number, value: number) => value, min: Math.min, max: Math.max }[field];
  const between = { last: (sum: number, value: number) => sum + value, min: Math.min, max: Math.max }[field];
  const points: Point[] = Array.from({ length: query.points });
  for (const ring of rings) {
    const own: Point[] = Array.from({ length: query.points });
    visitBuckets(ring, query, (bucket, point) => {
      const value = ring[field](bucket);
      if (!Number.isNaN(value)) own[point] = folded(within, own[point], value);
    });
    own.forEach((value, point) => {
      if (value !== undefined) points[point] = folded(between, points[point], value);
    });
  }
  return points;
}

/** @param summary is filled for each point; what is in it is lost. */
export function readSummaries(
  rings: readonly SummaryRing[],
  query: StoreQuery,
  summary: Summary & { statistic(statistic: Statistic): Point },
): Point[] {
  const first = query.from / query.rollup.step;
  const perPoint = query.step / query.rollup.step;
  const points: Point[] = [];
  for (let start = first; points.length < query.points; start += perPoint) {
    summary.clear();
    for (const ring of rings) {
      const end = Math.min(start + perPoint, ring.newest + 1);
      for (let bucket = Math.max(start, ring.oldest); bucket < end; bucket += 1) {
        const text = ring.text(bucket);
        if (text !== undefined) summary.merge(text, query.statistic);
      }
    }
    points.push(summary.statistic(query.statistic));
  }
  return points;
}

function folded(fold: (one: number, other: number) => number, one: Point, other: number): number {
  return one === undefined ? other : fold(one, other);
}

/** The buckets that the ring may keep of the range, each with the point that it belongs to. */
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
