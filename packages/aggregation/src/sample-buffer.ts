import type { SeriesId } from '@metrics/core';
import { grow } from '@metrics/core/backend';
import { BatchBuffer } from './batch-buffer.js';
import type { Outlet } from './outlet.js';
import type { SampleAccounting } from './sample-accounting.js';
import type { SampleBufferOptions } from './sample-buffer-options.js';
import type { SampleWriter } from './sample-writer.js';
import type { SlotKind, SlotTable } from './slot-table.js';

/** The greatest count in a column. */
const MAX_COUNT = 2 ** 32 - 1;

/**
 * The samples recorded since the last drain. Counters and gauges are two columns indexed by slot, so recording one is two
 * stores; samples that cannot be merged are kept one by one in batches. Recording never sends, and memory is
 * bounded.
 */
export class SampleBuffer {
  /** Called when samples should be drained before the window ends; `full` if all slots should be. */
  onDrainNeeded: (full: boolean) => void = () => {};

  readonly #slots: SlotTable;
  readonly #accounting: SampleAccounting;
  readonly #merge: boolean;
  readonly #batches: BatchBuffer;
  /** The sum of a counter, the last value of a gauge. */
  #values = new Float64Array(16);
  /** Number of samples in {@link #values}. While nothing can be sent, it may exceed 32 bits; see {@link #carried}. */
  #samples = new Uint32Array(16);
  /** Samples of a slot beyond 32 bits. */
  readonly #carried = new Map<number, number>();
  /** The sum of {@link #samples}: adding up a column at each `stats()` would take milliseconds. */
  #merged = 0;
  readonly #drained: Record<SlotKind, number> = {
    counter: 0,
    gauge: 0,
    timing: 0,
    distribution: 0,
    set: 0,
    histogram: 0,
  };
  /** Drop reasons of rejected series. Other ids without a slot were never opened. */
  readonly #rejectedSeries = new Map<SeriesId, string>();
  #closed = false;

  constructor(options: SampleBufferOptions) {
    this.#slots = options.slots;
    this.#accounting = options.accounting;
    this.#merge = options.merge ?? true;
    this.#batches = new BatchBuffer({
      ...options,
      onDrainNeeded: (full) => this.onDrainNeeded(full),
      onSlotReleased: (slot) => this.#freeSlotIfUnused(slot),
    });
  }

  /** Number of samples recorded and not handed to a writer yet. */
  get buffered(): number {
    return this.#merged + this.#batches.samples;
  }

  /** How often a drain found samples in a slot, by kind. */
  get drained(): Readonly<Record<SlotKind, number>> {
    return this.#drained;
  }

  /** True if at least half of `maxQueuedSamples` is in use. */
  get isHalfFull(): boolean {
    return this.#batches.isHalfFull;
  }

  /** True since {@link close} was called: samples are dropped under `closed`. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Maps an id to the slot of its rendered series.
   *
   * @see {@link SlotTable.attach}
   * @throws {Error} after {@link close}: a backend that is closed ignores the series that it is asked to open.
   */
  open(id: SeriesId, kind: SlotKind, fragments: readonly number[]): void {
    if (this.#closed) throw new Error('SampleBuffer.open() after close(): a closed backend must ignore open().');
    if (this.#slots.slotForId(id) >= 0 || this.#rejectedSeries.size > 0) this.release(id);
    const slot = this.#slots.attach(id, kind, fragments);
    if (slot < this.#samples.length) return;
    this.#values = grow(this.#values);
    this.#samples = grow(this.#samples);
  }

  /** Opens an id whose series cannot be rendered: its samples are dropped under `reason`. */
  rejectSeries(id: SeriesId, reason: string): void {
    this.release(id);
    this.#rejectedSeries.set(id, reason);
  }

  /** Closes the id. Samples already recorded are still written; then the slot is freed if no other id shares it. */
  release(id: SeriesId): void {
    if (this.#rejectedSeries.size > 0) this.#rejectedSeries.delete(id);
    const slot = this.#slots.detach(id);
    if (slot >= 0) this.#freeSlotIfUnused(slot);
  }

  /** Adds to a counter. A sample of an id that is not open is dropped. */
  incr(id: SeriesId, amount: number, sampleRate: number): void {
    if (!this.#merge) return this.value(id, amount, sampleRate);
    const slot = this.#slots.slotForId(id);
    if (slot < 0) return this.dropSample(id);
    this.#values[slot]! += amount;
    if ((this.#samples[slot]! += 1) > MAX_COUNT) this.#carry(slot);
    this.#merged += 1;
  }

  /** Sets a gauge. A sample of an id that is not open is dropped. */
  gauge(id: SeriesId, value: number): void {
    if (!this.#merge) return this.value(id, value, 1);
    const slot = this.#slots.slotForId(id);
    if (slot < 0) return this.dropSample(id);
    this.#values[slot] = value;
    if ((this.#samples[slot]! += 1) > MAX_COUNT) this.#carry(slot);
    this.#merged += 1;
  }

  /** Records a value that is kept on its own: a timing, or a value of a distribution. */
  value(id: SeriesId, value: number, sampleRate: number): void {
    const slot = this.#slots.slotForId(id);
    if (slot < 0) return this.dropSample(id);
    this.#batches.addValue(slot, value, sampleRate);
  }

  /** Adds a member to a set. A sample of an id that is not open is dropped. */
  set(id: SeriesId, member: string): void {
    const slot = this.#slots.slotForId(id);
    if (slot < 0) return this.dropSample(id);
    this.#batches.addMember(slot, member);
  }

  /** Records an encoded line as one sample. It keeps its order among lines and is passed to `writer.line`. */
  queueLine(bytes: Uint8Array): void {
    if (this.#closed) return this.#accounting.drop(1, 'closed');
    this.#batches.addLine(bytes);
  }

  /** Drops a sample whose id has no slot, under the reason why it has none. */
  dropSample(id: SeriesId): void {
    this.#accounting.drop(1, this.#closed ? 'closed' : (this.#rejectedSeries.get(id) ?? 'unknown_series'));
  }

  /** Hands the merged samples of a slot to the writer, and moves those kept one by one to the end of the queue. */
  drainSlot(slot: number, writer: SampleWriter): void {
    const isBatched = this.#batches.seal(slot);
    const samples = this.#takeSamples(slot);
    if (isBatched || samples > 0) {
      const kind = this.#slots.kind(slot);
      this.#drained[kind] += 1;
      if (samples > 0) this.#drainColumns(slot, kind, samples, writer);
    }
    this.#freeSlotIfUnused(slot);
  }

  /** The end of the queue, up to which a drain goes: one that is filled faster than it is drained never becomes empty. */
  get queueEnd(): number {
    return this.#batches.queueEnd;
  }

  /** Hands the queue to the writer until the outlet stops it. Returns true if nothing is left before the end. */
  drainQueue(writer: SampleWriter, outlet: Outlet, end: number = Number.POSITIVE_INFINITY): boolean {
    return this.#batches.drainQueue(writer, outlet, end);
  }

  /** Drops all samples. */
  dropAll(reason: string): void {
    for (let slot = 0; slot < this.#slots.bound; slot += 1) {
      this.#batches.seal(slot);
      this.#accounting.drop(this.#takeSamples(slot), reason);
      this.#values[slot] = 0;
      this.#freeSlotIfUnused(slot);
    }
    this.#batches.dropQueue(reason);
  }

  /** Ends recording: later samples are dropped under `closed`. Samples recorded before can still be drained. */
  close(): void {
    this.#closed = true;
    this.#slots.detachAll();
    this.#rejectedSeries.clear();
  }

  #carry(slot: number): void {
    this.#carried.set(slot, (this.#carried.get(slot) ?? 0) + MAX_COUNT);
    this.#samples[slot] = 1;
  }

  /** Returns the number of merged samples of a slot, and sets it to 0. */
  #takeSamples(slot: number): number {
    let samples = this.#samples[slot]!;
    this.#samples[slot] = 0;
    if (this.#carried.size > 0) {
      samples += this.#carried.get(slot) ?? 0;
      this.#carried.delete(slot);
    }
    this.#merged -= samples;
    return samples;
  }

  #drainColumns(slot: number, kind: SlotKind, samples: number, writer: SampleWriter): void {
    const value = this.#values[slot]!;
    this.#values[slot] = 0;
    if (kind !== 'counter' && kind !== 'gauge') return this.#accounting.drop(samples, 'wrong_kind');
    // A sum of finite amounts can overflow.
    if (!Number.isFinite(value)) return this.#accounting.drop(samples, 'not_finite');
    this.#accounting.handOver(samples);
    if (kind === 'gauge') return writer.gauge(slot, value, samples);
    const remainder = writer.counterRemainder?.(value) ?? 0;
    this.#values[slot] = remainder;
    writer.counter(slot, value - remainder, samples);
  }

  #freeSlotIfUnused(slot: number): void {
    if (this.#samples[slot] !== 0 || !this.#slots.isUnused(slot)) return;
    this.#slots.free(slot);
    this.#values[slot] = 0;
  }
}
