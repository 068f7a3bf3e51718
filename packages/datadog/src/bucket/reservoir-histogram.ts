import { Histogram } from 'datadog-metrics/lib/metrics.js';

/** Number of values that percentiles are computed from, the same as in Datadog's other clients. */
const MAX_VALUES = 1000;

/**
 * Creates a histogram class with bounded memory and sorting time. Minimum, maximum, sum, count and average cover all values;
 * median and percentiles cover a uniform random sample of 1000 values.
 *
 * @param random returns numbers from 0 to below 1.
 */
export function createReservoirHistogram(random: () => number): typeof Histogram {
  return class ReservoirHistogram extends Histogram {
    override addPoint(value: number, milliseconds: number): void {
      super.addPoint(value, milliseconds);
      if (this.samples.length <= MAX_VALUES) return;
      this.samples.pop();
      const index = Math.floor(random() * this.count);
      if (index < MAX_VALUES) this.samples[index] = value;
    }

    /** The original derives the index from the count of all values. */
    override median(sorted: readonly number[]): number {
      const middle = sorted.length >> 1;
      return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
    }
  };
}
