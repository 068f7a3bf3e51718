import { maxBuckets, oldestBucket, type Rollup } from '../rollup.js';
import type { StoredSeries } from '../stored-series.js';
import type { ByteBudget } from './byte-budget.js';
import { CounterRing } from './counter-ring.js';
import { GaugeRing } from './gauge-ring.js';
import type { NumberPages } from './number-pages.js';
import { SummaryRing } from './summary-ring.js';

/** Bytes of a series' objects and map entries, with three rollups and without its strings. */
const SERIES_BYTES = 1300;
/** Bytes of a gauge's columns in addition. */
const GAUGE_BYTES = 900;

/** Returns the memory that a series takes without its buckets, in bytes. */
export function seriesBytes({ identity, kind }: StoredSeries): number {
  // The identity, and the same strings again as key and tags.
  return SERIES_BYTES + (kind === 'gauge' ? GAUGE_BYTES : 0) + 2 * identity.length;
}

/** A ring of the class that the kind of the series needs. */
export type SeriesRing = CounterRing | GaugeRing | SummaryRing;

/** The history of one series in memory: a ring for each rollup. */
export class MemorySeries {
  readonly series: StoredSeries;
  /** The rings, from fine to coarse. */
  readonly rings: readonly SeriesRing[];
  /** Time of the last write, in seconds. */
  writtenAt: number;

  constructor(series: StoredSeries, rollups: readonly Rollup[], pages: NumberPages, budget: ByteBudget, now: number) {
    this.series = series;
    this.writtenAt = now;
    this.rings = rollups.map((rollup, index) => {
      const length = maxBuckets(rollup);
      if (series.kind === 'counter') return new CounterRing(length, pages);
      return series.kind === 'gauge' ? new GaugeRing(length, pages, index === 0) : new SummaryRing(length, budget);
    });
  }

  /** Frees the memory of rings whose buckets are all too old. Returns true if no ring holds anything. */
  expire(rollups: readonly Rollup[], now: number): boolean {
    let isEmpty = true;
    this.rings.forEach((ring, index) => {
      const { step } = rollups[index]!;
      if (!ring.isEmpty && ring.newest * step < oldestBucket(rollups[index]!, now)) ring.free();
      isEmpty &&= ring.isEmpty;
    });
    return isEmpty;
  }

  free(): void {
    for (const ring of this.rings) ring.free();
  }
}
