// Exponential histograms: https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram
import type { HistogramRows } from '@metrics/aggregation';
import type { ExponentialBuckets } from './metric-types.js';

const MAX_SCALE = 20;
/** At this scale three buckets hold all numbers of a sign. */
const MIN_SCALE = -10;

/** The counts of consecutive buckets, from the one with the index `offset`. */
interface Buckets {
  offset: number;
  counts: number[];
}

/** The counts of one histogram. */
export interface ExponentialCounts {
  scale: number;
  zeroCount: number;
  readonly positive: Buckets;
  readonly negative: Buckets;
}

/** Histograms whose buckets grow by a factor that adapts to the values: they begin precise, and halve when they must. */
export class ExponentialRows implements HistogramRows {
  readonly #maxSize: number;
  readonly #divisor: number;
  readonly #rows: ExponentialCounts[] = [];
  readonly #free: number[] = [];

  /** @param divisor divides each recorded value. */
  constructor(maxSize: number, divisor: number) {
    this.#maxSize = maxSize;
    this.#divisor = divisor;
  }

  acquire(): number {
    const row = this.#free.pop() ?? this.#rows.length;
    this.#rows[row] = emptyCounts();
    return row;
  }

  release(row: number): void {
    this.#rows[row] = emptyCounts();
    this.#free.push(row);
  }

  record(row: number, recorded: number): void {
    const value = recorded / this.#divisor;
    const counts = this.#rows[row]!;
    if (value === 0) counts.zeroCount += 1;
    else
      this.#add(
        counts,
        value > 0 ? counts.positive : counts.negative,
        indexOf(Math.abs(value), counts.scale),
        counts.scale,
        1,
      );
  }

  counts(row: number): ExponentialCounts {
    return this.#rows[row]!;
  }

  /** Empties a row, and returns what it held. */
  take(row: number): ExponentialCounts {
    const counts = this.#rows[row]!;
    this.#rows[row] = emptyCounts();
    return counts;
  }

  /** Adds counts that {@link take} returned. */
  add(row: number, taken: ExponentialCounts): void {
    const counts = this.#rows[row]!;
    counts.zeroCount += taken.zeroCount;
    for (const side of ['positive', 'negative'] as const)
      taken[side].counts.forEach((count, at) => {
        this.#add(counts, counts[side], taken[side].offset + at, taken.scale, count);
      });
  }

  /** Adds to the bucket that has this index at a scale, after halving the precision until all buckets fit. */
  #add(counts: ExponentialCounts, buckets: Buckets, index: number, scale: number, count: number): void {
    if (scale < counts.scale) reduceScale(counts, counts.scale - scale);
    let at = index >> (scale - counts.scale);
    while (buckets.counts.length > 0) {
      const low = Math.min(at, buckets.offset);
      const high = Math.max(at, buckets.offset + buckets.counts.length - 1);
      if (high - low < this.#maxSize || counts.scale === MIN_SCALE) break;
      reduceScale(counts, 1);
      at >>= 1;
    }
    if (buckets.counts.length === 0) buckets.offset = at;
    while (at < buckets.offset) {
      buckets.counts.unshift(0);
      buckets.offset -= 1;
    }
    while (at >= buckets.offset + buckets.counts.length) buckets.counts.push(0);
    buckets.counts[at - buckets.offset]! += count;
  }
}

/** Returns the buckets as they are exported. */
export function exportBuckets({ offset, counts }: Buckets): ExponentialBuckets {
  return { offset, bucketCounts: [...counts] };
}

/** Returns the number of values in a histogram. */
export function countOf({ zeroCount, positive, negative }: ExponentialCounts): number {
  return [...positive.counts, ...negative.counts].reduce((sum, count) => sum + count, zeroCount);
}

function emptyCounts(): ExponentialCounts {
  return { scale: MAX_SCALE, zeroCount: 0, positive: { offset: 0, counts: [] }, negative: { offset: 0, counts: [] } };
}

/** Returns the index of the bucket (base ** index, base ** (index + 1)] of a positive value, where base is 2 ** (2 ** -scale). */
function indexOf(value: number, scale: number): number {
  const exponent = exponentOf(value);
  if (scale <= 0) return exponent >> -scale;
  // Logarithms are not exact near powers of two, which are upper bounds of buckets.
  const low = exponent * 2 ** scale;
  return Math.min(Math.max(Math.ceil(Math.log2(value) * 2 ** scale) - 1, low), low + 2 ** scale - 1);
}

/** Returns the greatest integer whose power of two is below the value. */
function exponentOf(value: number): number {
  let exponent = Math.floor(Math.log2(value));
  if (2 ** exponent >= value) exponent -= 1;
  else if (2 ** (exponent + 1) < value) exponent += 1;
  return exponent;
}

function reduceScale(counts: ExponentialCounts, by: number): void {
  counts.scale -= by;
  for (const buckets of [counts.positive, counts.negative]) {
    const { offset, counts: old } = buckets;
    buckets.offset = offset >> by;
    const halved: number[] = [];
    old.forEach((count, at) => {
      const index = ((offset + at) >> by) - buckets.offset;
      halved[index] = (halved[index] ?? 0) + count;
    });
    buckets.counts = halved;
  }
}
