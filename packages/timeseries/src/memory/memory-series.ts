import { bucketsKept, oldestBucket, type Rollup } from '../rollup.js';
import type { StoredSeries } from '../stored-series.js';
import type { ByteBudget } from './byte-budget.js';
import { CounterRing } from './counter-ring.js';
import { GaugeRing } from './gauge-ring.js';
import type { NumberPages } from './number-pages.js';
import { SummaryRing } from './summary-ring.js';

type AnyRing = CounterRing | GaugeRing | SummaryRing;

/** One series in memory: a ring for each rollup, of the kind that the series needs. */
export class MemorySeries {
  readonly series: StoredSeries;
  /** From fine to coarse. */
  readonly rings: readonly AnyRing[];
  /** When something was last written, in seconds. */
  writtenAt: number;

  constructor(series: StoredSeries, rollups: readonly Rollup[], pages: NumberPages, budget: ByteBudget, now: number) {
    this.series = series;
    this.writtenAt = now;
    this.rings = rollups.map((rollup, index) => {
      const length = bucketsKept(rollup);
      if (series.kind === 'counter') return new CounterRing(length, pages);
      return series.kind === 'gauge' ? new GaugeRing(length, pages, index === 0) : new SummaryRing(length, budget);
    });
  }

  /** Gives back the memory of rings whose every bucket is too old. Answers whether nothing is left. */
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
