// The hot path: a sample is a few stores into typed arrays.
import { hashMember, type SampleAccounting } from '@metrics/aggregation';
import type { MetricKind, Series, SeriesId } from '@metrics/core';
import { grow } from '@metrics/core/backend';
import { bucketStart, MAX_AHEAD_SECONDS } from '../rollup.js';
import { toStoredSeries } from '../stored-series.js';
import type { TimeSeriesStore } from '../time-series-store.js';
import { LiveSlots } from './live-slots.js';
import type { SampleClock } from './sample-clock.js';

/** The entry of an id is its slot and, in the low bits, its kind, so that one load returns both. */
const KIND_BITS = 3;
const KIND_MASK = (1 << KIND_BITS) - 1;
/** Entries of ids without a slot. Their low bits are not a kind. */
const UNKNOWN = -1;
const NOT_KEPT = -2;
const KINDS: readonly MetricKind[] = ['counter', 'gauge', 'timing', 'distribution', 'set'];
// Not from 0, which would be the kind of an id beyond all entries.
const COUNTER = 1;
const GAUGE = 2;
const TIMING = 3;
const DISTRIBUTION = 4;
const SET = 5;
/** Length of a slot's batch of values, at first and at most. A full batch goes to the store. */
const MIN_VALUES = 16;
const MAX_VALUES = 1024;

export interface LiveBufferOptions {
  readonly store: TimeSeriesStore;
  readonly accounting: SampleAccounting;
  readonly clock: SampleClock;
  /** Seconds of a bucket of the finest rollup. */
  readonly step: number;
}

/**
 * The samples of the current bucket of the finest rollup, in columns indexed by slot. Recording is a few stores into
 * them. When the bucket changes, the content of a slot goes to the store at the slot's next sample, at the next flush or
 * before the next read, whichever is first.
 */
export class LiveBuffer {
  readonly #store: TimeSeriesStore;
  readonly #accounting: SampleAccounting;
  readonly #clock: SampleClock;
  readonly #step: number;
  readonly #slots = new LiveSlots();
  #entries = new Int32Array(16).fill(UNKNOWN);
  /** Start of the bucket that the slot's samples belong to, in seconds. */
  #buckets = new Float64Array(16);
  /** Number of samples in the slot. Doubles count beyond 32 bits. */
  #samples = new Float64Array(16);
  /** A counter's sum, a gauge's last value. */
  #values = new Float64Array(16);
  #minima = new Float64Array(16);
  #maxima = new Float64Array(16);
  /** Values of timings and distributions, hashes of set members. */
  readonly #batches: (Float64Array | undefined)[] = [];

  constructor({ store, accounting, clock, step }: LiveBufferOptions) {
    this.#store = store;
    this.#accounting = accounting;
    this.#clock = clock;
    this.#step = step;
  }

  /** One more than the largest slot ever used. */
  get bound(): number {
    return this.#slots.bound;
  }

  /** Number of samples recorded and not yet handed to the store. */
  get buffered(): number {
    return this.#samples.reduce((buffered, samples) => buffered + samples, 0);
  }

  open(id: SeriesId, series: Series): void {
    const slot = this.#slots.retain(toStoredSeries(series));
    if (slot === this.#batches.length) this.#batches.push(undefined);
    if (slot >= this.#samples.length) this.#growColumns();
    this.#setEntry(id, (slot << KIND_BITS) | (KINDS.indexOf(series.kind) + 1));
  }

  /** Opens an id whose samples are neither kept nor counted. */
  ignore(id: SeriesId): void {
    this.#setEntry(id, NOT_KEPT);
  }

  /** Closes an id. Samples already recorded go to the store. */
  release(id: SeriesId): void {
    if (this.#entries[id] !== undefined) this.#setEntry(id, UNKNOWN);
  }

  incr(id: SeriesId, amount: number): void {
    const entry = this.#entries[id]!;
    if ((entry & KIND_MASK) !== COUNTER) return this.#dropSample(entry);
    const slot = entry >> KIND_BITS;
    this.#enterBucket(slot);
    this.#addAmount(slot, amount);
  }

  gauge(id: SeriesId, value: number): void {
    const entry = this.#entries[id]!;
    if ((entry & KIND_MASK) !== GAUGE) return this.#dropSample(entry);
    const slot = entry >> KIND_BITS;
    this.#enterBucket(slot);
    this.#setGauge(slot, value);
  }

  /** Records a value of a timing or a distribution. */
  value(id: SeriesId, value: number): void {
    const entry = this.#entries[id]!;
    const kind = entry & KIND_MASK;
    if (kind !== TIMING && kind !== DISTRIBUTION) return this.#dropSample(entry);
    this.#addValue(entry >> KIND_BITS, value);
  }

  set(id: SeriesId, member: string): void {
    const entry = this.#entries[id]!;
    if ((entry & KIND_MASK) !== SET) return this.#dropSample(entry);
    this.#addValue(entry >> KIND_BITS, hashMember(member));
  }

  /** Records a counter's amount or a gauge's value with its own time. */
  recordAt(id: SeriesId, value: number, epochSeconds: number): void {
    const entry = this.#entries[id]!;
    const kind = entry & KIND_MASK;
    if (kind !== COUNTER && kind !== GAUGE) return this.#dropSample(entry);
    if (!(epochSeconds <= this.#clock.now() + MAX_AHEAD_SECONDS)) return this.#accounting.drop(1, 'in_future');
    const slot = entry >> KIND_BITS;
    const isCounter = kind === COUNTER;
    const bucket = bucketStart(this.#step, epochSeconds);
    if (this.#buckets[slot] === bucket && this.#samples[slot]! > 0)
      return isCounter ? this.#addAmount(slot, value) : this.#setGauge(slot, value);
    const series = this.#slots.series(slot);
    this.#accounting.handOver(1);
    if (isCounter) this.#store.counter(series, bucket, value, 1);
    else this.#store.gauge(series, bucket, { last: value, min: value, max: value }, 1);
  }

  /** Hands the samples of a slot to the store. */
  pushToStore(slot: number): void {
    const samples = this.#samples[slot]!;
    if (samples === 0) return;
    this.#samples[slot] = 0;
    this.#accounting.handOver(samples);
    const series = this.#slots.series(slot);
    const bucket = this.#buckets[slot]!;
    const value = this.#values[slot]!;
    if (series.kind === 'counter') {
      this.#values[slot] = 0;
      // Sums of finite amounts can overflow.
      if (Number.isFinite(value)) this.#store.counter(series, bucket, value, samples);
      else this.#accounting.dropInFlight(samples, 'not_finite');
    } else if (series.kind === 'gauge') {
      const reading = { last: value, min: this.#minima[slot]!, max: this.#maxima[slot]! };
      this.#store.gauge(series, bucket, reading, samples);
    } else {
      const batch = this.#batches[slot]!;
      this.#store.values(series, bucket, batch, samples);
      // A slot that was busy once does not keep its memory forever.
      if (samples * 4 < batch.length) this.#batches[slot] = undefined;
    }
  }

  /** Hands the samples of all series of a key to the store. */
  pushKeyToStore(key: string): void {
    for (const slot of this.#slots.ofKey(key)) this.pushToStore(slot);
  }

  /** Ends recording: later samples are dropped as `closed`. Buffered samples can still be pushed. */
  close(): void {
    this.#entries = new Int32Array(0);
  }

  /** Drops all buffered samples. */
  dropAll(reason: string): void {
    this.#accounting.drop(this.buffered, reason);
    this.#samples.fill(0);
  }

  #addAmount(slot: number, amount: number): void {
    this.#values[slot]! += amount;
    this.#samples[slot]! += 1;
  }

  #addValue(slot: number, value: number): void {
    this.#enterBucket(slot);
    let batch = this.#batches[slot];
    if (batch === undefined || this.#samples[slot] === batch.length) batch = this.#writableBatch(slot);
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

  /** Hands the samples of a slot to the store if they belong to another bucket than the current one. */
  #enterBucket(slot: number): void {
    const bucket = this.#clock.bucket();
    if (this.#buckets[slot] === bucket) return;
    this.pushToStore(slot);
    this.#buckets[slot] = bucket;
  }

  #writableBatch(slot: number): Float64Array {
    const batch = this.#batches[slot];
    if (batch?.length === MAX_VALUES) {
      this.pushToStore(slot);
      return batch;
    }
    const larger = new Float64Array(batch === undefined ? MIN_VALUES : batch.length * 4);
    if (batch !== undefined) larger.set(batch);
    this.#batches[slot] = larger;
    return larger;
  }

  #growColumns(): void {
    this.#buckets = grow(this.#buckets);
    this.#samples = grow(this.#samples);
    this.#values = grow(this.#values);
    this.#minima = grow(this.#minima);
    this.#maxima = grow(this.#maxima);
  }

  /** Sets the entry of an id, and frees the slot it had if no other id uses it. */
  #setEntry(id: SeriesId, entry: number): void {
    while (id >= this.#entries.length) this.#entries = grow(this.#entries, UNKNOWN);
    const before = this.#entries[id]!;
    this.#entries[id] = entry;
    if (before < 0) return;
    const slot = before >> KIND_BITS;
    if (!this.#slots.release(slot)) return;
    this.pushToStore(slot);
    this.#values[slot] = 0;
    this.#batches[slot] = undefined;
    this.#slots.free(slot);
  }

  #dropSample(entry: number | undefined): void {
    if (entry === NOT_KEPT) return;
    const reason = entry === undefined || entry === UNKNOWN ? 'unknown_series' : 'wrong_kind';
    this.#accounting.drop(1, this.#entries.length === 0 ? 'closed' : reason);
  }
}
