// The summary of a timing or a distribution.
import { addFinite } from '../finite-sum.js';
import { parseQuantile, type Statistic } from '../statistic.js';
import { ByteReader } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';
import type { MergeableSummary } from './mergeable-summary.js';

/** Slightly less than the promised 1 %, so that rounding stays within it. */
const RELATIVE_ERROR = 0.0099;
const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const BINS_PER_E = 1 / Math.log(GAMMA);
/** Share of a bin's upper bound that has the same relative distance to both ends of the bin. */
const MIDDLE = 2 / (GAMMA + 1);

/** Smaller absolute values count as zero. */
const MIN_MAGNITUDE = 1e-9;
/** Larger absolute values count as this in percentiles. Sum, minimum and maximum are not affected. */
const MAX_MAGNITUDE = 1e15;
/** Bin 1 holds the smallest positive values, bin 0 zero itself; negative values have negative numbers. */
const BIN_OFFSET = Math.ceil(Math.log(MIN_MAGNITUDE) * BINS_PER_E) - 1;
const LAST_BIN = binFor(MAX_MAGNITUDE);

/**
 * Count, sum, minimum and maximum of values, and percentiles within 1 % of a value.
 *
 * Values are counted in bins whose bounds grow by the same factor, so the error is relative, as in DDSketch. That library
 * is not used: the history holds hundreds of sketches for each series, and an object with two stores of bins takes
 * thousands of bytes. Encoded, a sketch is a string of about two bytes a bin.
 */
export class Sketch implements MergeableSummary {
  count = 0;
  sum = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  /** Number of values in each bin, from the most negative bin on. Doubles count beyond 32 bits. */
  readonly #counts = new Float64Array(2 * LAST_BIN + 1);
  readonly #reader = new ByteReader();
  readonly #writer = new ByteWriter();
  /** The first and the last bin in use. */
  #lowest = LAST_BIN + 1;
  #highest = -LAST_BIN - 1;

  get mean(): number {
    return this.sum / this.count;
  }

  clear(): void {
    if (this.#lowest <= this.#highest) this.#counts.fill(0, this.#lowest + LAST_BIN, this.#highest + LAST_BIN + 1);
    this.count = 0;
    this.sum = 0;
    this.min = Number.POSITIVE_INFINITY;
    this.max = Number.NEGATIVE_INFINITY;
    this.#lowest = LAST_BIN + 1;
    this.#highest = -LAST_BIN - 1;
  }

  /** @param value finite. */
  record(value: number): void {
    this.addBin(binFor(value), 1);
    this.addTotals(1, value, value, value);
  }

  /** Adds count, sum, minimum and maximum of another summary. Add its bins by {@link addBin}. */
  addTotals(count: number, sum: number, min: number, max: number): void {
    this.count += count;
    this.sum = addFinite(this.sum, sum);
    if (min < this.min) this.min = min;
    if (max > this.max) this.max = max;
  }

  /** Adds to the values of one bin. Numbers beyond all bins count as the outermost one. */
  addBin(bin: number, count: number): void {
    const within = Math.max(-LAST_BIN, Math.min(LAST_BIN, bin));
    this.#counts[within + LAST_BIN]! += count;
    if (within < this.#lowest) this.#lowest = within;
    if (within > this.#highest) this.#highest = within;
  }

  /** Calls `visit` with each bin in use and its number of values, in ascending order. */
  forEachBin(visit: (bin: number, count: number) => void): void {
    for (let bin = this.#lowest; bin <= this.#highest; bin += 1) {
      const count = this.#counts[bin + LAST_BIN]!;
      if (count > 0) visit(bin, count);
    }
  }

  /**
   * Adds a summary as {@link encode} wrote it.
   *
   * @param statistic the only statistic that will be read. All but percentiles skip the bins.
   */
  merge(encoded: string, statistic?: Statistic): void {
    const bytes = this.#reader;
    bytes.load(encoded);
    const count = bytes.integer();
    this.addTotals(count, bytes.double(), bytes.double(), bytes.double());
    if (statistic !== undefined && !isPercentile(statistic)) return;
    let bin = -LAST_BIN;
    while (!bytes.done) {
      bin += bytes.integer();
      this.addBin(bin, bytes.integer());
    }
  }

  /** Returns the summary as a string of one byte a character. */
  encode(): string {
    const bytes = this.#writer;
    bytes.clear();
    bytes.integer(this.count);
    bytes.double(this.sum);
    bytes.double(this.min);
    bytes.double(this.max);
    let before = -LAST_BIN;
    for (let bin = this.#lowest; bin <= this.#highest; bin += 1) {
      const count = this.#counts[bin + LAST_BIN]!;
      if (count === 0) continue;
      bytes.integer(bin - before);
      bytes.integer(count);
      before = bin;
    }
    return bytes.toString();
  }

  isValid(encoded: string): boolean {
    const bytes = this.#reader;
    bytes.load(encoded);
    const count = bytes.integer();
    const [sum, min, max] = [bytes.double(), bytes.double(), bytes.double()];
    let bin = -LAST_BIN - 1;
    let total = 0;
    while (!bytes.done) {
      const distance = bytes.integer() + (total === 0 ? 1 : 0);
      const inBin = bytes.integer();
      if (distance === 0 || inBin === 0) return false;
      bin += distance;
      total += inBin;
    }
    const isInRange = Number.isFinite(sum) && Number.isFinite(min) && Number.isFinite(max) && min <= max;
    return isInRange && bin <= LAST_BIN && total === count && Number.isSafeInteger(count) && !bytes.isExceeded;
  }

  /** Returns a statistic; `undefined` without values, or for one that a sketch does not have. */
  statistic(statistic: Statistic): number | undefined {
    if (this.count === 0) return undefined;
    if (!isPercentile(statistic)) return statistic === 'last' ? undefined : this[statistic];
    const quantile = parseQuantile(statistic);
    return quantile === undefined ? undefined : this.#quantile(quantile);
  }

  /** Returns the value of the sample below which this share of the others lies. */
  #quantile(quantile: number): number {
    const rank = Math.floor(quantile * (this.count - 1));
    if (rank === 0) return this.min;
    if (rank === this.count - 1) return this.max;
    let below = 0;
    let bin = this.#lowest;
    for (; bin < this.#highest; bin += 1) {
      below += this.#counts[bin + LAST_BIN]!;
      if (below > rank) break;
    }
    return Math.max(this.min, Math.min(this.max, binValue(bin)));
  }
}

function isPercentile(statistic: Statistic): statistic is `p${number}` {
  return statistic.startsWith('p');
}

function binFor(value: number): number {
  const size = Math.abs(value);
  if (size < MIN_MAGNITUDE) return 0;
  const bin = Math.ceil(Math.log(Math.min(size, MAX_MAGNITUDE)) * BINS_PER_E) - BIN_OFFSET;
  return value < 0 ? -bin : bin;
}

function binValue(bin: number): number {
  if (bin === 0) return 0;
  const size = Math.exp((Math.abs(bin) + BIN_OFFSET) / BINS_PER_E) * MIDDLE;
  return bin < 0 ? -size : size;
}
