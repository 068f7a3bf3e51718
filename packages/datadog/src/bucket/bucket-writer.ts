import type { Outlet, SampleAccounting, SampleWriter, SlotTable } from '@metrics/aggregation';
import type { Interner } from '@metrics/core/backend';
import { Counter, Distribution, Gauge, type Histogram } from 'datadog-metrics/lib/metrics.js';
import { DISTRIBUTION_POINTS, EVENTS, SERIES_V1, SERIES_V2 } from '../payload/endpoint.js';
import type { PayloadCollector } from '../payload/payload-collector.js';
import { seriesJson } from '../payload/series-json.js';
import type { BucketTime } from './bucket-times.js';
import { reservoirHistogram } from './reservoir-histogram.js';
import { type ModelledIdentity, SlotAggregator } from './slot-aggregator.js';

export interface BucketWriterOptions {
  readonly slots: SlotTable;
  /** The texts that slots consist of: a name, then tags. */
  readonly texts: Interner;
  readonly ledger: SampleAccounting;
  /** Empty for none. */
  readonly host: string;
  /** On everything that a sibling of this process would overwrite. */
  readonly processTag: string | undefined;
  readonly seriesVersion: 1 | 2;
  readonly random: () => number;
  readonly payloads: PayloadCollector;
}

/** Milliseconds the event loop may be held between two pauses. */
const SLICE = 2;

/**
 * From columns to entries of payloads: models each slot with datadog-metrics and writes its series as JSON. The samples of a
 * slot are counted with the last of its entries.
 */
export class BucketWriter implements SampleWriter, Outlet {
  readonly ready = true;
  readonly #options: BucketWriterOptions;
  readonly #histogram: typeof Histogram;
  readonly #aggregator = new SlotAggregator();
  /** Samples of the slots whose histogram is being collected. */
  readonly #histograms = new Map<number, number>();
  #time: BucketTime = { timestamp: 0, interval: 1 };
  #members = { slot: -1, count: 0, samples: 0 };
  #burstEnds = 0;

  constructor(options: BucketWriterOptions) {
    this.#options = options;
    this.#histogram = reservoirHistogram(options.random);
  }

  /** All that is written from now on has this time. */
  begin(time: BucketTime): void {
    this.#time = time;
    this.#options.payloads.timestamp = time.timestamp;
  }

  /** It is time to let others run, or a payload is still being compressed. */
  get burstFull(): boolean {
    return this.#options.payloads.isBusy || performance.now() >= this.#burstEnds;
  }

  beginBurst(): void {
    this.#burstEnds = performance.now() + SLICE;
  }

  counter(slot: number, sum: number, samples: number): void {
    this.#aggregator.add(Counter, this.#identity(slot), sum, this.#time.timestamp);
    this.#take(slot, samples);
  }

  gauge(slot: number, value: number, samples: number): void {
    this.#aggregator.add(Gauge, this.#identity(slot), value, this.#time.timestamp);
    this.#take(slot, samples);
  }

  values(slot: number, values: Float64Array, from: number, to: number): number {
    const isHistogram = this.#options.slots.kind(slot) === 'histogram';
    const type = isHistogram ? this.#histogram : Distribution;
    const identity = this.#identity(slot);
    for (let i = from; i < to; i += 1) this.#aggregator.add(type, identity, values[i]!, this.#time.timestamp);
    if (isHistogram) this.#collect(slot, to - from);
    else this.#take(slot, to - from);
    return to;
  }

  /** A set is the number of its members; they come one after the other. */
  member(slot: number, _member: string, samples: number): void {
    if (slot !== this.#members.slot) {
      this.#finishSet();
      // Kept from being given to another series.
      this.#options.slots.retainSlot(slot);
      this.#members = { slot, count: 0, samples: 0 };
    }
    this.#members.count += 1;
    this.#members.samples += samples;
  }

  /** Writes histograms until the burst is full. Answers whether all are written. */
  finishHistograms(): boolean {
    for (const [slot, samples] of this.#histograms) {
      if (this.burstFull) return false;
      this.#histograms.delete(slot);
      this.#take(slot, samples);
      this.#options.slots.releaseSlot(slot);
    }
    return true;
  }

  /** An event, as the body of its request. */
  event(text: string): void {
    this.#options.payloads.add(EVENTS, { text, samples: 1, points: 1 });
  }

  finish(): void {
    this.#finishSet();
    this.#options.payloads.finish();
  }

  /** Resolves when everything that was written is with the delivery. */
  settled(): Promise<void> {
    return this.#options.payloads.settled();
  }

  async whenReady(): Promise<boolean> {
    await this.settled();
    return true;
  }

  /** Forgets all that is not delivered, and loses every sample that is not settled. */
  dropUnsent(reason: string): void {
    this.#options.payloads.abandon();
    for (const slot of this.#histograms.keys()) this.#options.slots.releaseSlot(slot);
    if (this.#members.slot >= 0) this.#options.slots.releaseSlot(this.#members.slot);
    this.#members = { slot: -1, count: 0, samples: 0 };
    this.#histograms.clear();
    this.#aggregator.clear();
    this.#options.ledger.dropInFlight(this.#options.ledger.inFlight, reason);
  }

  #identity(slot: number): ModelledIdentity {
    const { slots, texts, host, processTag } = this.#options;
    const tags: string[] = [];
    for (let index = 1; index < slots.fragmentCount(slot); index += 1) tags.push(texts.text(slots.fragment(slot, index)));
    // Distributions of several processes add up.
    if (processTag !== undefined && !isDistribution(slots.kind(slot))) tags.push(processTag);
    return { slot, name: texts.text(slots.fragment(slot, 0)), tags, host };
  }

  /** Keeps the histogram of a slot, whose values may come in parts, until the bucket is over. */
  #collect(slot: number, samples: number): void {
    const collected = this.#histograms.get(slot);
    if (collected === undefined) this.#options.slots.retainSlot(slot);
    this.#histograms.set(slot, (collected ?? 0) + samples);
  }

  #finishSet(): void {
    const { slot, count, samples } = this.#members;
    if (slot < 0) return;
    this.#members = { slot: -1, count: 0, samples: 0 };
    this.gauge(slot, count, samples);
    this.#options.slots.releaseSlot(slot);
  }

  /** Takes a slot's series out of the aggregator and writes them. */
  #take(slot: number, samples: number): void {
    const { ledger, payloads, seriesVersion } = this.#options;
    const modelled = this.#aggregator.take(slot, this.#time.timestamp);
    const isPoints = modelled[0]?.type === 'distribution';
    const endpoint = isPoints ? DISTRIBUTION_POINTS : seriesVersion === 1 ? SERIES_V1 : SERIES_V2;
    const texts = modelled
      .map((series) => seriesJson(series, this.#time.interval, seriesVersion))
      .filter((text) => text !== undefined);
    if (texts.length === 0) return ledger.dropInFlight(samples, 'not_finite');
    texts.forEach((text, index) => {
      const isLast = index === texts.length - 1;
      payloads.add(endpoint, { text, samples: isLast ? samples : 0, points: isPoints ? samples : 1 });
    });
  }
}

function isDistribution(kind: string): boolean {
  return kind === 'distribution' || kind === 'timing';
}
