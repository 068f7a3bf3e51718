import type { SampleAccounting } from '@metrics/aggregation';
import type { MetricKind, Series, SeriesId } from '@metrics/core';
import { grow } from '@metrics/core/backend';
import { bucketStart, MOST_AHEAD } from '../rollup.js';
import type { SampleClock } from '../sample-clock.js';
import { type StoredSeries, storedSeries } from '../stored-series.js';
import type { TimeSeriesStore } from '../time-series-store.js';
import { memberHash } from './member-hash.js';

/** An id's entry is its slot and, in the low bits, the kind: one look tells both. */
const KIND_BITS = 3;
const KIND_MASK = (1 << KIND_BITS) - 1;
/** The entries of ids without a slot; their low bits are no kind's. */
const UNKNOWN = -1;
const NOT_KEPT = -2;
/** Values kept one by one before they are handed to the store, which merges sketches for them: at first, and at most. */
const FEWEST_VALUES = 16;
const MOST_VALUES = 1024;
const KINDS: readonly MetricKind[] = ['counter', 'gauge', 'timing', 'distribution', 'set'];
// Not from 0: that would be the kind of an id beyond all entries.
const COUNTER = 1;
const GAUGE = 2;
const TIMING = 3;
const DISTRIBUTION = 4;
const SET = 5;

export interface LiveColumnsOptions {
  readonly store: TimeSeriesStore;
  readonly ledger: SampleAccounting;
  readonly clock: SampleClock;
  /** Seconds of a bucket of the finest rollup. */
  readonly step: number;
}

/**
 * What was recorded in the current bucket of the finest rollup, in columns indexed by slot: a slot for each series that is
 * open. A sample is a few stores; when the bucket changes, the slot's content goes to the store at its next sample, at the
 * next flush, or before the next read. Longer than most files because the columns are one invariant.
 */
export class LiveColumns {
  readonly #store: TimeSeriesStore;
  readonly #ledger: SampleAccounting;
  readonly #clock: SampleClock;
  readonly #step: number;

  #entries = new Int32Array(16).fill(UNKNOWN);
  #kinds = new Uint8Array(16);
  /** The start of the bucket that the slot's samples are of, in seconds. */
  #buckets = new Float64Array(16);
  /** Samples in the slot, which are not yet given to the store. */
  #samples = new Uint32Array(16);
  /** A counter's sum, a gauge's last value. */
  #values = new Float64Array(16);
  #minima = new Float64Array(16);
  #maxima = new Float64Array(16);
  /** Values of timings and distributions, hashes of members. */
  readonly #batches: (Float64Array | undefined)[] = [];

  readonly #series: (StoredSeries | undefined)[] = [];
  /** The ids that share the slot. */
  #references = new Int32Array(16);
  readonly #slotOf = new Map<string, number>();
  readonly #slotsOfKey = new Map<string, Set<number>>();
  readonly #free: number[] = [];
  #isClosed = false;

  constructor({ store, ledger, clock, step }: LiveColumnsOptions) {
    this.#store = store;
    this.#ledger = ledger;
    this.#clock = clock;
    this.#step = step;
  }

  /** One more than the greatest slot ever used. */
  get bound(): number {
    return this.#series.length;
  }

  /** Samples not yet given to the store. */
  get held(): number {
    return this.#samples.reduce((held, samples) => held + samples, 0);
  }

  get closed(): boolean {
    return this.#isClosed;
  }

  open(id: SeriesId, series: Series): void {
    const stored = storedSeries(series);
    const slot = this.#slotOf.get(stored.identity) ?? this.#newSlot(stored);
    this.#references[slot]! += 1;
    this.#point(id, (slot << KIND_BITS) | this.#kinds[slot]!);
  }

  /** Opens an id whose samples are nobody's business here. */
  ignore(id: SeriesId): void {
    this.#point(id, NOT_KEPT);
  }

  /** The id ends, and what it recorded goes to the store. */
  release(id: SeriesId): void {
    if (this.#entries[id] !== undefined) this.#point(id, UNKNOWN);
  }

  incr(id: SeriesId, amount: number): void {
    const entry = this.#entries[id]!;
    if ((entry & KIND_MASK) !== COUNTER) return this.#refuse(entry);
    const slot = entry >> KIND_BITS;
    const bucket = this.#clock.bucket();
    if (this.#buckets[slot] !== bucket) this.#begin(slot, bucket);
    this.#values[slot]! += amount;
    this.#samples[slot]! += 1;
  }

  gauge(id: SeriesId, value: number): void {
    const entry = this.#entries[id]!;
    if ((entry & KIND_MASK) !== GAUGE) return this.#refuse(entry);
    const slot = entry >> KIND_BITS;
    const bucket = this.#clock.bucket();
    if (this.#buckets[slot] !== bucket) this.#begin(slot, bucket);
    this.#setGauge(slot, value);
  }

  /** A value of a timing or a distribution. */
  value(id: SeriesId, value: number): void {
    const entry = this.#entries[id]!;
    const kind = entry & KIND_MASK;
    if (kind !== TIMING && kind !== DISTRIBUTION) return this.#refuse(entry);
    this.#keep(entry >> KIND_BITS, value);
  }

  set(id: SeriesId, member: string): void {
    const entry = this.#entries[id]!;
    if ((entry & KIND_MASK) !== SET) return this.#refuse(entry);
    this.#keep(entry >> KIND_BITS, memberHash(member));
  }

  /** A counter's amount or a gauge's value of another time than now. */
  recordAt(id: SeriesId, value: number, epochSeconds: number): void {
    const entry = this.#entries[id]!;
    const kind = entry & KIND_MASK;
    if (kind !== COUNTER && kind !== GAUGE) return this.#refuse(entry);
    const slot = entry >> KIND_BITS;
    if (!(epochSeconds <= this.#clock.now() + MOST_AHEAD)) return this.#ledger.drop(1, 'in_future');
    const isCounter = kind === COUNTER;
    const bucket = bucketStart(this.#step, epochSeconds);
    if (this.#buckets[slot] === bucket && this.#samples[slot]! > 0) {
      if (!isCounter) return this.#setGauge(slot, value);
      this.#values[slot]! += value;
      this.#samples[slot]! += 1;
      return;
    }
    const series = this.#series[slot]!;
    this.#ledger.handOver(1);
    if (isCounter) this.#store.counter(series, bucket, value, 1);
    else this.#store.gauge(series, bucket, { last: value, min: value, max: value }, 1);
  }

  /** Gives what a slot holds to the store. */
  seal(slot: number): void {
    const samples = this.#samples[slot]!;
    if (samples === 0) return;
    this.#samples[slot] = 0;
    this.#ledger.handOver(samples);
    const series = this.#series[slot]!;
    const bucket = this.#buckets[slot]!;
    const value = this.#values[slot]!;
    if (this.#kinds[slot] === COUNTER) {
      this.#values[slot] = 0;
      // Sums of finite amounts can overflow.
      if (Number.isFinite(value)) this.#store.counter(series, bucket, value, samples);
      else this.#ledger.dropInFlight(samples, 'not_finite');
    } else if (this.#kinds[slot] === GAUGE) {
      const reading = { last: value, min: this.#minima[slot]!, max: this.#maxima[slot]! };
      this.#store.gauge(series, bucket, reading, samples);
    } else {
      const batch = this.#batches[slot]!;
      this.#store.values(series, bucket, batch, samples);
      // What was busy once does not keep its memory for ever.
      if (samples * 4 < batch.length) this.#batches[slot] = undefined;
    }
  }

  /** Gives what the series of a key hold to the store. */
  sealKey(key: string): void {
    for (const slot of this.#slotsOfKey.get(key) ?? []) this.seal(slot);
  }

  /** Ends recording: from here on samples are dropped under `closed`. What is held can still be sealed. */
  close(): void {
    this.#isClosed = true;
    this.#entries = new Int32Array(0);
  }

  /** Drops all that is held. */
  dropAll(reason: string): void {
    this.#ledger.drop(this.held, reason);
    this.#samples.fill(0);
  }

  #keep(slot: number, value: number): void {
    const bucket = this.#clock.bucket();
    if (this.#buckets[slot] !== bucket) this.#begin(slot, bucket);
    let batch = this.#batches[slot];
    if (batch === undefined || this.#samples[slot] === batch.length) batch = this.#batchWithRoom(slot);
    batch[this.#samples[slot]!] = value;
    this.#samples[slot]! += 1;
  }

  #setGauge(slot: number, value: number): void {
    const isFirst = this.#samples[slot] === 0;
    this.#values[slot] = value;
    if (isFirst || value < this.#minima[slot]!) this.#minima[slot] = value;
    if (isFirst || value > this.#maxima[slot]!) this.#maxima[slot] = value;
    this.#samples[slot]! += 1;
  }

  #begin(slot: number, bucket: number): void {
    this.seal(slot);
    this.#buckets[slot] = bucket;
  }

  #batchWithRoom(slot: number): Float64Array {
    const batch = this.#batches[slot];
    if (batch?.length === MOST_VALUES) {
      this.seal(slot);
      return batch;
    }
    const larger = new Float64Array(batch === undefined ? FEWEST_VALUES : batch.length * 4);
    if (batch !== undefined) larger.set(batch);
    this.#batches[slot] = larger;
    return larger;
  }

  #newSlot(series: StoredSeries): number {
    const slot = this.#free.pop() ?? this.#series.length;
    if (slot === this.#series.length) {
      this.#series.push(undefined);
      this.#batches.push(undefined);
    }
    if (slot >= this.#samples.length) {
      this.#kinds = grow(this.#kinds);
      this.#buckets = grow(this.#buckets);
      this.#samples = grow(this.#samples);
      this.#values = grow(this.#values);
      this.#minima = grow(this.#minima);
      this.#maxima = grow(this.#maxima);
      this.#references = grow(this.#references);
    }
    this.#series[slot] = series;
    this.#kinds[slot] = KINDS.indexOf(series.kind) + 1;
    this.#values[slot] = 0;
    this.#slotOf.set(series.identity, slot);
    const ofKey = this.#slotsOfKey.get(series.key);
    if (ofKey === undefined) this.#slotsOfKey.set(series.key, new Set([slot]));
    else ofKey.add(slot);
    return slot;
  }

  /** Gives an id its entry, and frees the slot of the one before if no other id has it. */
  #point(id: SeriesId, entry: number): void {
    while (id >= this.#entries.length) this.#entries = grow(this.#entries, UNKNOWN);
    const before = this.#entries[id]!;
    this.#entries[id] = entry;
    if (before < 0) return;
    const slot = before >> KIND_BITS;
    if ((this.#references[slot]! -= 1) === 0) this.#freeSlot(slot);
  }

  #freeSlot(slot: number): void {
    this.seal(slot);
    const { identity, key } = this.#series[slot]!;
    this.#slotOf.delete(identity);
    const ofKey = this.#slotsOfKey.get(key);
    ofKey?.delete(slot);
    if (ofKey?.size === 0) this.#slotsOfKey.delete(key);
    this.#series[slot] = undefined;
    this.#batches[slot] = undefined;
    this.#free.push(slot);
  }

  #refuse(entry: number | undefined): void {
    if (entry === NOT_KEPT) return;
    const reason = entry === undefined || entry === UNKNOWN ? 'unknown_series' : 'wrong_kind';
    this.#ledger.drop(1, this.#isClosed ? 'closed' : reason);
  }
}
