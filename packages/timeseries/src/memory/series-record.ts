// One series as a record of a snapshot, and back.
import type { MetricKind } from '@metrics/core';
import { MAX_AHEAD_SECONDS, oldestBucket, type Rollup } from '../rollup.js';
import { createStoredSeries, type StoredSeries } from '../stored-series.js';
import type { MergeableSummary } from '../summary/mergeable-summary.js';
import { CounterRing } from './counter-ring.js';
import { GaugeRing } from './gauge-ring.js';
import type { MemorySeries, SeriesRing } from './memory-series.js';
import type { RollupSource } from './saved-rollups.js';

/** A bucket's number and its content, by kind: `sum`; `last, min, max, time`; or a summary in base64. */
type BucketRecord = readonly [bucket: number, ...(number | string)[]];

export interface SeriesRecord {
  readonly kind: MetricKind;
  readonly key: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly unit?: string | undefined;
  readonly writtenAt: number;
  /** The buckets of each ring, by the step of its rollup. */
  readonly rings: Readonly<Record<string, readonly BucketRecord[]>>;
}

export function toSeriesRecord({ series, rings, writtenAt }: MemorySeries, rollups: readonly Rollup[]): SeriesRecord {
  const { kind, key, tags, unit } = series;
  const entries = rings.map((ring, index) => [rollups[index]!.step, toBucketRecords(ring)] as const);
  return { kind, key, tags, unit, writtenAt, rings: Object.fromEntries(entries) };
}

/** Returns the series of a record. Its rings are filled by {@link restoreRings}. */
export function parseSeries(record: unknown): { readonly series: StoredSeries; readonly writtenAt: number } {
  const { kind, key, tags, unit, writtenAt } = record as SeriesRecord;
  return { series: createStoredSeries({ kind, key, unit, tags: Object.entries(tags) }), writtenAt };
}

export interface RestoreContext {
  readonly rollups: readonly Rollup[];
  /** The source of each rollup. */
  readonly sources: readonly RollupSource[];
  /** Seconds since the epoch. */
  readonly now: number;
  /** A summary to merge with; its content is overwritten. */
  readonly summary: MergeableSummary;
}

/** Fills each ring from its source, with the buckets that are still kept. */
export function restoreRings(
  { rings }: MemorySeries,
  record: unknown,
  { rollups, sources, now, summary }: RestoreContext,
): void {
  rings.forEach((ring, index) => {
    const { step } = rollups[index]!;
    const source = sources[index]!.step;
    if (source === undefined) return;
    const current = Math.floor(now / step);
    for (const [saved, ...content] of (record as SeriesRecord).rings[source] ?? []) {
      const start = saved * source;
      const bucket = Math.floor(start / step);
      if (bucket * step < oldestBucket(rollups[index]!, now) || start > now + MAX_AHEAD_SECONDS) continue;
      if (ring instanceof CounterRing) {
        ring.add(bucket, current, content[0] as number);
      } else if (ring instanceof GaugeRing) {
        const [last, min, max, time] = content as number[] as [number, number, number, number];
        // The finest rollup of the snapshot has no times of its own.
        ring.merge(bucket, current, time === 0 ? start : time, { last, min, max });
      } else {
        ring.merge(bucket, current, Buffer.from(content[0] as string, 'base64').toString('latin1'), summary);
      }
    }
  });
}

function toBucketRecords(ring: SeriesRing): BucketRecord[] {
  const records: BucketRecord[] = [];
  if (ring.isEmpty) return records;
  for (let bucket = ring.oldest; bucket <= ring.newest; bucket += 1) {
    const content = bucketContent(ring, bucket);
    if (content !== undefined) records.push([bucket, ...content]);
  }
  return records;
}

/** Returns the content of a bucket; `undefined` if nothing was recorded. */
function bucketContent(ring: SeriesRing, bucket: number): readonly (number | string)[] | undefined {
  if (ring instanceof CounterRing) {
    const sum = ring.sum(bucket);
    return sum === 0 ? undefined : [sum];
  }
  if (ring instanceof GaugeRing) {
    const last = ring.last(bucket);
    return Number.isNaN(last) ? undefined : [last, ring.min(bucket), ring.max(bucket), ring.time(bucket) ?? 0];
  }
  const encoded = ring.encoded(bucket);
  return encoded === undefined ? undefined : [Buffer.from(encoded, 'latin1').toString('base64')];
}
