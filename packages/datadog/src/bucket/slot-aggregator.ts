import { Aggregator } from 'datadog-metrics/lib/aggregators.js';

/** A series as datadog-metrics hands it to a reporter: as version 1 of the API has it, without the interval. */
export interface ModelledSeries {
  readonly metric: string;
  readonly type: 'count' | 'gauge' | 'distribution';
  /** Seconds, and a value or (of a distribution) values. */
  readonly points: readonly (readonly [number, number | readonly number[]])[];
  readonly host: string;
  readonly tags: readonly string[];
}

/** What a point belongs to. */
export interface ModelledIdentity {
  readonly slot: number;
  readonly name: string;
  readonly tags: string[];
  readonly host: string;
}

interface ModelledMetric {
  timestamp: number;
  flush(): readonly ModelledSeries[];
}

type MetricType = new (key: string, tags: string[], host: string) => Pick<ModelledMetric, 'timestamp'>;

/**
 * The aggregator of datadog-metrics, with two changes: metrics are told apart by their slot, because its own key of name
 * and tags makes one metric of a counter and a gauge, or of the tags `a:1.b:2` and `a:1`, `b:2`; and they are taken out one
 * by one, because all at once blocks the process.
 */
export class SlotAggregator extends Aggregator {
  #slot = -1;

  constructor() {
    super([]);
  }

  add(type: MetricType, { slot, name, tags, host }: ModelledIdentity, value: number, seconds: number): void {
    this.#slot = slot;
    this.addPoint(type, name, value, tags, host, seconds * 1000, undefined);
  }

  /** The series of a slot, dated `seconds` (but for the values of a distribution, each of which has its own date). */
  take(slot: number, seconds: number): readonly ModelledSeries[] {
    const metric = (this.buffer as Map<number, ModelledMetric>).get(slot);
    if (metric === undefined) return [];
    this.buffer.delete(slot);
    metric.timestamp = seconds;
    return metric.flush();
  }

  clear(): void {
    this.buffer.clear();
  }

  // The key of a Map; the original's happens to be a text.
  protected override makeBufferKey(): string {
    return this.#slot as unknown as string;
  }
}
