import type { MetricKind } from '@metrics/core';
import { CounterRing } from '../memory/counter-ring.js';
import { GaugeRing } from '../memory/gauge-ring.js';
import type { MemorySeries } from '../memory/memory-series.js';
import type { Summary } from '../memory/summary-ring.js';
import { MOST_AHEAD, oldestBucket, type Rollup } from '../rollup.js';
import { type StoredSeries, storedSeriesOf } from '../stored-series.js';

/** A bucket's number, and what the ring's kind keeps in it: `sum`; `last, min, max, time`; or a summary in base64. */
type Cell = readonly [bucket: number, ...(number | string)[]];

/** One series in a snapshot. */
interface SnapshotRecord {
  readonly kind: MetricKind;
  readonly key: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly unit?: string | undefined;
  readonly writtenAt: number;
  /** By step. */
  readonly rings: Readonly<Record<string, readonly Cell[]>>;
}

export function recordOf({ series, rings, writtenAt }: MemorySeries, rollups: readonly Rollup[]): SnapshotRecord {
  const { kind, key, tags, unit } = series;
  const cells = rings.map((ring, index) => {
    const list: Cell[] = [];
    if (ring.isEmpty) return [rollups[index]!.step, list] as const;
    for (let bucket = ring.oldest; bucket <= ring.newest; bucket += 1) {
      const content = contentOf(ring, bucket);
      if (content !== undefined) list.push([bucket, ...content]);
    }
    return [rollups[index]!.step, list] as const;
  });
  return { kind, key, tags, unit, writtenAt, rings: Object.fromEntries(cells) };
}

/** The series of a record, to be made before {@link restore}. */
export function seriesOf(record: unknown): { readonly series: StoredSeries; readonly writtenAt: number } {
  const { kind, key, tags, unit, writtenAt } = record as SnapshotRecord;
  return { series: storedSeriesOf({ kind, key, tags, unit }), writtenAt };
}

/** Fills the rings whose step the record has, as far as they still keep its buckets. */
export function restore(
  { rings }: MemorySeries,
  record: unknown,
  { rollups, now, summary }: { readonly rollups: readonly Rollup[]; readonly now: number; readonly summary: Summary },
): void {
  rings.forEach((ring, index) => {
    const { step } = rollups[index]!;
    const current = Math.floor(now / step);
    for (const [bucket, ...content] of (record as SnapshotRecord).rings[step] ?? []) {
      if (bucket * step < oldestBucket(rollups[index]!, now) || bucket * step > now + MOST_AHEAD) continue;
      if (ring instanceof CounterRing) {
        ring.add(bucket, current, content[0] as number);
      } else if (ring instanceof GaugeRing) {
        const [last, min, max, time] = content as number[] as [number, number, number, number];
        ring.merge(bucket, current, time, { last, min, max });
      } else {
        ring.merge(bucket, current, Buffer.from(content[0] as string, 'base64').toString('latin1'), summary);
      }
    }
  });
}

/** `undefined` where nothing was recorded. */
function contentOf(ring: MemorySeries['rings'][number], bucket: number): readonly (number | string)[] | undefined {
  if (ring instanceof CounterRing) {
    const sum = ring.sum(bucket);
    return sum === 0 ? undefined : [sum];
  }
  if (ring instanceof GaugeRing) {
    const last = ring.last(bucket);
    return Number.isNaN(last) ? undefined : [last, ring.min(bucket), ring.max(bucket), ring.time(bucket) ?? 0];
  }
  const text = ring.text(bucket);
  return text === undefined ? undefined : [Buffer.from(text, 'latin1').toString('base64')];
}
