import type { Problem } from '@metrics/core';
import type { StoredSeries, StoreHost, TimeSeriesStore } from '../src/index.js';
import { DEFAULT_ROLLUPS, type Rollup } from '../src/rollup.js';
import { createStoredSeries } from '../src/stored-series.js';

/** A host for a store that records every call. Its clock moves only when it is set. */
export class TestStoreHost implements StoreHost {
  readonly rollups: readonly Rollup[];
  time: number;
  readonly now = (): number => this.time;
  confirmed = 0;
  readonly dropped: Record<string, number> = {};
  readonly problems: Problem[] = [];

  constructor(rollups: readonly Rollup[] = DEFAULT_ROLLUPS, time: number = Math.floor(Date.now() / 1000)) {
    this.rollups = rollups;
    this.time = time;
  }

  /** The start of the current bucket of the finest rollup. */
  get bucket(): number {
    return this.time - (this.time % this.rollups[0]!.step);
  }

  confirm(samples: number): void {
    this.confirmed += samples;
  }

  drop(samples: number, reason: string): void {
    if (samples > 0) this.dropped[reason] = (this.dropped[reason] ?? 0) + samples;
  }

  report(problem: Problem): void {
    this.problems.push(problem);
  }

  /** Resolves with the sum of some series over up to 100 buckets of the finest rollup, up to now. */
  async total(store: TimeSeriesStore, ...series: readonly StoredSeries[]): Promise<number | undefined> {
    const rollup = this.rollups[0]!;
    const points = Math.min(rollup.points, 100);
    const from = this.bucket - (points - 1) * rollup.step;
    const query = { rollup, from, step: points * rollup.step, points: 1, statistic: 'sum' } as const;
    return (await store.read(series, query))[0];
  }
}

export function testSeries(
  kind: StoredSeries['kind'],
  key: string,
  tags: Readonly<Record<string, string>> = {},
): StoredSeries {
  return createStoredSeries({ kind, key, tags: Object.entries(tags), unit: undefined });
}
