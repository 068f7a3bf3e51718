import { quantileOf, type Statistic } from '../statistic.js';
import { ByteReader } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';

/** Somewhat less than the promised 1 %, so that rounding stays within it. */
const RELATIVE_ERROR = 0.0099;
const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const BINS_PER_E = 1 / Math.log(GAMMA);
/** A value stands for all between it and `GAMMA` times less; this point has the same relative distance to both ends. */
const MIDDLE = 2 / (GAMMA + 1);

/** Absolute values below are counted as zero. */
const SMALLEST = 1e-9;
/** Absolute values above are counted as this, apart from their share in sum, minimum and maximum. */
const LARGEST = 1e15;
/** The first bin is number 1. Number 0 is zero itself, and negative values have negative numbers. */
const FIRST = Math.ceil(Math.log(SMALLEST) * BINS_PER_E) - 1;
const LAST = binOf(LARGEST);

/**
 * A summary of values that can be merged with others: count, sum, minimum, maximum, and percentiles within 1 % of a value.
 *
 * Values are counted in bins whose bounds grow by the same factor, which is why the error is relative. Not a library's:
 * the history holds hundreds of these for each series, and an object of two stores of bins for each is thousands of
 * bytes; here a summary at rest is a text of about two bytes a bin, and one sketch is filled from texts to read or merge.
 */
export class Sketch {
  count = 0;
  sum = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  /** How many values each bin has, from the most negative one on. Doubles count further than 32 bits. */
  readonly #counts = new Float64Array(2 * LAST + 1);
  readonly #reader = new ByteReader();
  readonly #writer = new ByteWriter();
  /** The bins in use lie between these, inclusive. */
  #lowest = LAST + 1;
  #highest = -LAST - 1;

  get mean(): number {
    return this.sum / this.count;
  }

  clear(): void {
    if (this.#lowest <= this.#highest) this.#counts.fill(0, this.#lowest + LAST, this.#highest + LAST + 1);
    this.count = 0;
    this.sum = 0;
    this.min = Number.POSITIVE_INFINITY;
    this.max = Number.NEGATIVE_INFINITY;
    this.#lowest = LAST + 1;
    this.#highest = -LAST - 1;
  }

  /** @param value finite. */
  record(value: number): void {
    this.addBin(binOf(value), 1);
    this.addTotals(1, value, value, value);
  }

  /** Adds what another summary has beside its bins. */
  addTotals(count: number, sum: number, min: number, max: number): void {
    this.count += count;
    this.sum = finite(this.sum + sum);
    if (min < this.min) this.min = min;
    if (max > this.max) this.max = max;
  }

  /** Adds to the values of one bin. Numbers that are no bin's are those of the outermost. */
  addBin(bin: number, count: number): void {
    const within = Math.max(-LAST, Math.min(LAST, bin));
    this.#counts[within + LAST]! += count;
    if (within < this.#lowest) this.#lowest = within;
    if (within > this.#highest) this.#highest = within;
  }

  /** Calls back with the number of each bin in use and how many values it has, in ascending order of values. */
  forEachBin(visit: (bin: number, count: number) => void): void {
    for (let bin = this.#lowest; bin <= this.#highest; bin += 1) {
      const count = this.#counts[bin + LAST]!;
      if (count > 0) visit(bin, count);
    }
  }

  /**
   * Adds a summary as {@link encode} wrote it.
   *
   * @param statistic all that will be read; percentiles need more of the text than others.
   */
  merge(text: string, statistic?: Statistic): void {
    const bytes = this.#reader;
    bytes.load(text);
    const count = bytes.integer();
    this.addTotals(count, bytes.double(), bytes.double(), bytes.double());
    if (statistic !== undefined && !isPercentile(statistic)) return;
    let bin = -LAST;
    while (!bytes.done) {
      bin += bytes.integer();
      this.addBin(bin, bytes.integer());
    }
  }

  /** The summary as a text of one byte a character. */
  encode(): string {
    const bytes = this.#writer;
    bytes.clear();
    bytes.integer(this.count);
    bytes.double(this.sum);
    bytes.double(this.min);
    bytes.double(this.max);
    let before = -LAST;
    for (let bin = this.#lowest; bin <= this.#highest; bin += 1) {
      const count = this.#counts[bin + LAST]!;
      if (count === 0) continue;
      bytes.integer(bin - before);
      bytes.integer(count);
      before = bin;
    }
    return bytes.text();
  }

  /** `undefined` without values, and for a statistic that is none of a sketch's. */
  statistic(statistic: Statistic): number | undefined {
    if (this.count === 0) return undefined;
    if (!isPercentile(statistic)) return statistic === 'last' ? undefined : this[statistic];
    const quantile = quantileOf(statistic);
    return quantile === undefined ? undefined : this.#quantile(quantile);
  }

  /** The value of the sample below which this share of the others lies. */
  #quantile(quantile: number): number {
    const rank = Math.floor(quantile * (this.count - 1));
    if (rank === 0) return this.min;
    if (rank === this.count - 1) return this.max;
    let below = 0;
    let bin = this.#lowest;
    for (; bin < this.#highest; bin += 1) {
      below += this.#counts[bin + LAST]!;
      if (below > rank) break;
    }
    return Math.max(this.min, Math.min(this.max, valueOf(bin)));
  }
}

function isPercentile(statistic: Statistic): statistic is `p${number}` {
  return statistic.startsWith('p');
}

function binOf(value: number): number {
  const size = Math.abs(value);
  if (size < SMALLEST) return 0;
  const bin = Math.ceil(Math.log(Math.min(size, LARGEST)) * BINS_PER_E) - FIRST;
  return value < 0 ? -bin : bin;
}

function valueOf(bin: number): number {
  if (bin === 0) return 0;
  const size = Math.exp((Math.abs(bin) + FIRST) / BINS_PER_E) * MIDDLE;
  return bin < 0 ? -size : size;
}

/** Sums of finite values can overflow, and two that did in opposite directions would be no number. */
function finite(sum: number): number {
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, sum));
}
