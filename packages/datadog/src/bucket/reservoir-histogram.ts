import { Histogram } from 'datadog-metrics/lib/metrics.js';

/** How many values percentiles are computed of, as many as other clients of Datadog keep. */
const RESERVOIR = 1000;

/**
 * A histogram whose memory and sorting are bounded: minimum, maximum, sum, count and average are of all values, median and
 * percentiles of a thousand of them, each value as likely as any other to be among those.
 */
export function reservoirHistogram(random: () => number): typeof Histogram {
  return class ReservoirHistogram extends Histogram {
    override addPoint(value: number, timestampInMillis: number): void {
      super.addPoint(value, timestampInMillis);
      if (this.samples.length <= RESERVOIR) return;
      this.samples.pop();
      const place = Math.floor(random() * this.count);
      if (place < RESERVOIR) this.samples[place] = value;
    }

    /** The original takes the index from the count of all values. */
    override median(sorted: readonly number[]): number {
      const middle = sorted.length >> 1;
      return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
    }
  };
}
