// One series as a record of a snapshot, and back.
import { describeValue } from '@metrics/core/backend';
import { MAX_AHEAD_SECONDS, MAX_SECONDS, oldestBucket, type Rollup } from '../rollup.js';
import { parseStoredSeries, type StoredSeries } from '../stored-series.js';
import type { MergeableSummary } from '../summary/mergeable-summary.js';
import { CounterRing } from './counter-ring.js';
import { GaugeRing } from './gauge-ring.js';
import type { MemorySeries, SeriesRing } from './memory-series.js';
import type { RollupSource } from './saved-rollups.js';

/** A bucket's number and its content, by kind: `sum`; `last, min, max, time`; or a summary in base64. */
type BucketRecord = readonly [bucket: number, ...(number | string)[]];

export interface SeriesRecord {
  readonly kind: StoredSeries['kind'];
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

/** A series of a snapshot. All of it is valid. */
export interface ParsedRecord {
  readonly series: StoredSeries;
  readonly writtenAt: number;
  /** The buckets of each saved rollup that is a source, by its step. Summaries are decoded. */
  readonly buckets: ReadonlyMap<number, readonly BucketRecord[]>;
}

/**
 * Returns the series of a record, after checks: a checksum proves that a file is undamaged, not who wrote it.
 *
 * @throws {Error} that says what is invalid.
 */
export function parseRecord(
  record: unknown,
  sources: readonly RollupSource[],
  summaryFor: (series: StoredSeries) => MergeableSummary,
): ParsedRecord {
  const { writtenAt, rings } = record as SeriesRecord;
  const series = parseStoredSeries(record);
  if (!isTime(writtenAt)) throw new Error(`writtenAt is ${describeValue(writtenAt)}`);
  if (typeof rings !== 'object' || rings === null) throw new Error(`rings is ${describeValue(rings)}`);
  const buckets = new Map<number, readonly BucketRecord[]>();
  for (const { step } of sources) {
    if (step === undefined || buckets.has(step) || !Object.hasOwn(rings, step)) continue;
    const ring: unknown = rings[step];
    if (!Array.isArray(ring)) throw new Error(`the ring of ${step} seconds is ${describeValue(ring)}`);
    buckets.set(
      step,
      ring.map((bucket: unknown) => parseBucket(bucket, series, summaryFor(series))),
    );
  }
  return { series, writtenAt, buckets };
}

function parseBucket(record: unknown, { kind }: StoredSeries, summary: MergeableSummary): BucketRecord {
  if (!Array.isArray(record)) throw new Error(`a bucket is ${describeValue(record)}`);
  const [bucket, ...content] = record as unknown[];
  if (!Number.isSafeInteger(bucket) || !((bucket as number) >= 0))
    throw new Error(`the number of a bucket is ${describeValue(bucket)}`);
  if (kind === 'counter' && isFiniteNumber(content[0])) return [bucket as number, content[0]];
  if (kind === 'gauge') {
    const [last, min, max, time] = content as number[] as [number, number, number, number];
    if ([last, min, max].every(isFiniteNumber) && min <= last && last <= max && isTime(time))
      return [bucket as number, last, min, max, time];
  } else if (typeof content[0] === 'string') {
    const encoded = Buffer.from(content[0], 'base64').toString('latin1');
    if (summary.isValid(encoded)) return [bucket as number, encoded];
  }
  throw new Error(`bucket ${String(bucket)} of a ${kind} has no valid content`);
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isTime(value: unknown): boolean {
  return isFiniteNumber(value) && value >= 0 && value < MAX_SECONDS;
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
  buckets: ParsedRecord['buckets'],
  { rollups, sources, now, summary }: RestoreContext,
): void {
  rings.forEach((ring, index) => {
    const { step } = rollups[index]!;
    const source = sources[index]!.step;
    if (source === undefined) return;
    const current = Math.floor(now / step);
    for (const [saved, ...content] of buckets.get(source) ?? []) {
      const start = saved * source;
      const bucket = Math.floor(start / step);
      if (bucket * step < oldestBucket(rollups[index]!, now) || start > now + MAX_AHEAD_SECONDS) continue;
      if (ring instanceof CounterRing) {
        ring.add(bucket, current, content[0] as number);
      } else if (ring instanceof GaugeRing) {
        const [last, min, max, time] = content as number[] as [number, number, number, number];
        // The finest rollup of the snapshot has no times. No time is later than its bucket.
        const end = start + source;
        ring.merge(bucket, current, time === 0 ? start : Math.min(time, end), { last, min, max });
      } else {
        ring.merge(bucket, current, content[0] as string, summary);
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
