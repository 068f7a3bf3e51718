import type { SampleAccounting, SampleWriter, SlotKind, SlotTable } from '@metrics/aggregation';
import type { Interner } from '@metrics/core/backend';
import { Counter, type DatadogSeries, Distribution, Gauge, type Histogram } from 'datadog-metrics/lib/metrics.js';
import { DISTRIBUTION_POINTS, SERIES_V1, SERIES_V2 } from '../payload/endpoint.js';
import type { PayloadCollector } from '../payload/payload-collector.js';
import { seriesJson } from '../payload/series-json.js';
import type { BucketTime } from './bucket-times.js';
import { createReservoirHistogram } from './reservoir-histogram.js';

export interface BucketWriterOptions {
  readonly slots: SlotTable;
  /** The strings of a slot's fragments: the name, then the tags. */
  readonly fragments: Interner;
  readonly accounting: SampleAccounting;
  /** The host of every series; empty for none. */
  readonly host: string;
  /** Added to every series that another process on this host would overwrite. */
  readonly processTag: string | undefined;
  readonly seriesVersion: 1 | 2;
  /** Returns numbers from 0 to below 1. */
  readonly random: () => number;
  readonly payloads: PayloadCollector;
}

/**
 * Writes drained samples as JSON entries of payloads: each slot becomes a metric of datadog-metrics, which computes its
 * series. Histograms and sets come in parts and are written when their bucket is complete.
 */
export class BucketWriter implements SampleWriter {
  readonly #options: BucketWriterOptions;
  readonly #ReservoirHistogram: typeof Histogram;
  /** The incomplete histograms of the bucket by slot. Their slots are retained. */
  readonly #histograms = new Map<number, { readonly histogram: Histogram; samples: number }>();
  /** The set whose members are being counted. Its slot is retained; -1 for none. */
  #set = { slot: -1, members: 0, samples: 0 };
  #time: BucketTime = { timestamp: 0, interval: 1, datedAt: 0 };

  constructor(options: BucketWriterOptions) {
    this.#options = options;
    this.#ReservoirHistogram = createReservoirHistogram(options.random);
  }

  /** Sets the time of all points written from now on. */
  begin(time: BucketTime): void {
    this.#time = time;
    this.#options.payloads.datedAt = time.datedAt;
  }

  counter(slot: number, sum: number, samples: number): void {
    const counter = this.#create(Counter, slot);
    counter.addPoint(sum, this.#time.timestamp * 1000);
    this.#writeSeries(counter.flush(), samples);
  }

  gauge(slot: number, value: number, samples: number): void {
    const gauge = this.#create(Gauge, slot);
    gauge.addPoint(value, this.#time.timestamp * 1000);
    this.#writeSeries(gauge.flush(), samples);
  }

  values(slot: number, values: Float64Array, from: number, to: number): number {
    const isHistogram = this.#options.slots.kind(slot) === 'histogram';
    const metric = isHistogram ? this.#histogramOf(slot, to - from) : this.#create(Distribution, slot);
    const milliseconds = this.#time.timestamp * 1000;
    for (let index = from; index < to; index += 1) metric.addPoint(values[index]!, milliseconds);
    if (!isHistogram) this.#writeSeries(metric.flush(), to - from);
    return to;
  }

  /** Counts a member of a set. All members of a set come one after another. */
  member(slot: number, _member: string, samples: number): void {
    if (slot !== this.#set.slot) {
      this.#finishSet();
      this.#options.slots.retainSlot(slot);
      this.#set = { slot, members: 0, samples: 0 };
    }
    this.#set.members += 1;
    this.#set.samples += samples;
  }

  /** Writes the histograms and the set of a complete bucket. Returns false if it stopped for a pause. */
  finish(): boolean {
    const { slots, payloads } = this.#options;
    for (const [slot, { histogram, samples }] of this.#histograms) {
      if (!payloads.ready || payloads.burstFull) return false;
      this.#histograms.delete(slot);
      histogram.timestamp = this.#time.timestamp;
      this.#writeSeries(histogram.flush(), samples);
      slots.releaseSlot(slot);
    }
    this.#finishSet();
    return true;
  }

  /** Forgets the incomplete histograms and set. The caller accounts for their samples. */
  clear(): void {
    const { slots } = this.#options;
    for (const slot of this.#histograms.keys()) slots.releaseSlot(slot);
    this.#histograms.clear();
    if (this.#set.slot >= 0) slots.releaseSlot(this.#set.slot);
    this.#set = { slot: -1, members: 0, samples: 0 };
  }

  #create<Metric>(Type: new (name: string, tags: string[], host: string) => Metric, slot: number): Metric {
    const { slots, fragments, host, processTag } = this.#options;
    const tags: string[] = [];
    for (let index = 1; index < slots.fragmentCount(slot); index += 1)
      tags.push(fragments.text(slots.fragment(slot, index)));
    if (processTag !== undefined && !addsUp(slots.kind(slot))) tags.push(processTag);
    return new Type(fragments.text(slots.fragment(slot, 0)), tags, host);
  }

  /** Returns the bucket's histogram of a slot, and adds to the number of its samples. */
  #histogramOf(slot: number, samples: number): Histogram {
    let entry = this.#histograms.get(slot);
    if (entry === undefined) {
      this.#options.slots.retainSlot(slot);
      entry = { histogram: this.#create(this.#ReservoirHistogram, slot), samples: 0 };
      this.#histograms.set(slot, entry);
    }
    entry.samples += samples;
    return entry.histogram;
  }

  #finishSet(): void {
    const { slot, members, samples } = this.#set;
    if (slot < 0) return;
    this.#set = { slot: -1, members: 0, samples: 0 };
    this.gauge(slot, members, samples);
    this.#options.slots.releaseSlot(slot);
  }

  /** Adds the series of one slot to the payloads. Its samples count with the last series. */
  #writeSeries(all: readonly DatadogSeries[], samples: number): void {
    const { accounting, payloads, seriesVersion } = this.#options;
    const isDistribution = all[0]?.type === 'distribution';
    const endpoint = isDistribution ? DISTRIBUTION_POINTS : seriesVersion === 1 ? SERIES_V1 : SERIES_V2;
    const entries = all
      .map((series) => seriesJson(series, this.#time.interval, seriesVersion))
      .filter((json) => json !== undefined);
    if (entries.length === 0) return accounting.dropInFlight(samples, 'not_finite');
    entries.forEach((json, index) => {
      const isLast = index === entries.length - 1;
      payloads.add(endpoint, { json, samples: isLast ? samples : 0, points: isDistribution ? samples : 1 });
    });
  }
}

/** Returns true if Datadog adds up the points of several processes, as it does for distributions only. */
function addsUp(kind: SlotKind): boolean {
  return kind === 'distribution' || kind === 'timing';
}
