import type { Problem } from '@metrics/core';
import type { StoredSeries, StoreHost, TimeSeriesStore } from '../src/index.js';
import { DEFAULT_ROLLUPS, type Rollup } from '../src/rollup.js';
import { storedSeriesOf } from '../src/stored-series.js';

/** A store's host that keeps books. Its clock stands still unless it is moved. */
export class StoreBooks implements StoreHost {
  readonly rollups: readonly Rollup[];
  time: number;
  readonly now = (): number => this.time;
  settled = 0;
  readonly lost: Record<string, number> = {};
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
    this.settled += samples;
  }

  drop(samples: number, reason: string): void {
    if (samples > 0) this.lost[reason] = (this.lost[reason] ?? 0) + samples;
  }

  report(problem: Problem): void {
    this.problems.push(problem);
  }

  /** The whole of a series in the finest rollup that keeps the present. */
  async total(store: TimeSeriesStore, ...series: readonly StoredSeries[]): Promise<number | undefined> {
    const rollup = this.rollups[0]!;
    const points = Math.min(rollup.points, 100);
    const from = this.bucket - (points - 1) * rollup.step;
    const query = { rollup, from, step: points * rollup.step, points: 1, statistic: 'sum' } as const;
    return (await store.read(series, query))[0];
  }
}

export function seriesOf(
  kind: StoredSeries['kind'],
  key: string,
  tags: Readonly<Record<string, string>> = {},
): StoredSeries {
  return storedSeriesOf({ kind, key, tags, unit: undefined });
}
