import type { SeriesId } from '@metrics/core';
import { grow } from '@metrics/core/backend';
import { Batch, BatchQueue } from './batch-queue.js';
import type { Outlet } from './outlet.js';
import type { SampleAccounting } from './sample-accounting.js';
import type { SampleWriter } from './sample-writer.js';
import { sampleWeight } from './sampling-rate.js';
import type { SlotKind, SlotTable } from './slot-table.js';
import { Float64ArrayPool } from './value-arrays.js';

export interface SampleBufferOptions {
  readonly slots: SlotTable;
  readonly accounting: SampleAccounting;
  /**
   * Whether counters are summed and gauges keep their last value. Otherwise each sample is written on its own, and
   * counters are sampled like timings.
   *
   * @default true
   */
  readonly merge?: boolean | undefined;
  /**
   * How many single values (of eight bytes; a set member counts by its length) are kept while they cannot be sent.
   * Beyond it the new ones are dropped under `queue_full`.
   *
   * @default 1_000_000
   */
  readonly maxQueuedSamples?: number | undefined;
  /** Single values of one slot that are kept together; 1 to 10,000. @default 1024 */
  readonly maxSlotValues?: number | undefined;
  /**
   * What happens beyond `maxSlotValues`: the values are drained before the window ends (exact), or, in a `reservoir`, each
   * value of the window is as likely as any other to be among those kept, whose rates say how many there were. Those left
   * out are counted as sampled out. Counters and gauges are never left out.
   *
   * @default 'flush'
   */
  readonly overflow?: 'flush' | 'reservoir' | undefined;
  /** @default 1000 */
  readonly maxSetMembers?: number | undefined;
  /** In characters. A longer one is dropped under `member_too_long`. @default 1024 */
  readonly maxMemberLength?: number | undefined;
  /** Answers numbers from 0 to below 1; draws samples. @default Math.random */
  readonly random?: (() => number) | undefined;
}

const NO_VALUES = new Float64Array(0);
const MAX_VALUE_ARRAY_LENGTH = 1024;

/**
 * What was recorded since the last drain, in columns indexed by slot. Recording is a few stores; it never sends, and its
 * memory is bounded. Longer than most files because the columns are one invariant: `held` is what the columns hold.
 */
export class SampleBuffer {
  /** Called when there is something to drain before the window ends; `full` when all slots should be. */
  onDrainNeeded: (full: boolean) => void = () => {};

  readonly #slots: SlotTable;
  readonly #accounting: SampleAccounting;
  readonly #merge: boolean;
  readonly #maxLoad: number;
  readonly #maxSetMembers: number;
  readonly #maxMemberLength: number;
  readonly #usesReservoirs: boolean;
  readonly #random: () => number;

  /** A counter's sum, a gauge's last value. */
  #values = new Float64Array(16);
  /** Samples in the slot: the accounting, and the mark that there is something to write. */
  #samples = new Uint32Array(16);
  /** What a slot keeps one by one. Empty as long as there are only counters and gauges. */
  readonly #batches: (Batch | undefined)[] = [];
  readonly #queue = new BatchQueue();
  #load = 0;
  readonly #arrays: Float64ArrayPool;
  readonly #drained: Record<SlotKind, number> = {
    counter: 0,
    gauge: 0,
    timing: 0,
    distribution: 0,
    set: 0,
    histogram: 0,
  };
  /** Why ids without a slot have none; all others were never opened. */
  readonly #rejectedSeries = new Map<SeriesId, string>();
  #closed = false;

  constructor(options: SampleBufferOptions) {
    this.#slots = options.slots;
    this.#accounting = options.accounting;
    this.#merge = options.merge ?? true;
    this.#maxLoad = options.maxQueuedSamples ?? 1_000_000;
    this.#maxSetMembers = options.maxSetMembers ?? 1000;
    this.#maxMemberLength = options.maxMemberLength ?? 1024;
    this.#arrays = new Float64ArrayPool(options.maxSlotValues ?? MAX_VALUE_ARRAY_LENGTH);
    this.#usesReservoirs = options.overflow === 'reservoir';
    this.#random = options.random ?? Math.random;
  }

  /** Samples recorded and not handed to a writer. */
  get buffered(): number {
    let buffered = this.#queue.samples;
    for (let slot = 0; slot < this.#slots.bound; slot += 1) buffered += this.#samples[slot]!;
    return buffered;
  }

  /** How many slots drains found something in, by kind. */
  get drained(): Readonly<Record<SlotKind, number>> {
    return this.#drained;
  }

  /** Whether half of what may be queued is. */
  get isHalfFull(): boolean {
    return this.#load >= this.#maxLoad / 2;
  }

  /** Maps an id to the slot of its rendered identity. @see {@link SlotTable.attach} */
  open(id: SeriesId, kind: SlotKind, fragments: readonly number[]): void {
    this.release(id);
    const slot = this.#slots.attach(id, kind, fragments);
    if (slot < this.#samples.length) return;
    this.#values = grow(this.#values);
    this.#samples = grow(this.#samples);
  }

  /** Opens an id that cannot be rendered: its samples are dropped under `reason`. */
  rejectSeries(id: SeriesId, reason: string): void {
    this.release(id);
    this.#rejectedSeries.set(id, reason);
  }

  /** The id ends. What it recorded is still written; its slot is freed when nobody needs it. */
  release(id: SeriesId): void {
    if (this.#rejectedSeries.size > 0) this.#rejectedSeries.delete(id);
    const slot = this.#slots.detach(id);
    if (slot >= 0) this.#freeSlotIfUnused(slot);
  }

  incr(id: SeriesId, amount: number, sampleRate: number): void {
    if (!this.#merge) return this.value(id, amount, sampleRate);
    const slot = this.#slots.slotForId(id);
    if (slot < 0) return this.dropSample(id);
    this.#values[slot]! += amount;
    this.#samples[slot]! += 1;
  }

  gauge(id: SeriesId, value: number): void {
    if (!this.#merge) return this.value(id, value, 1);
    const slot = this.#slots.slotForId(id);
    if (slot < 0) return this.dropSample(id);
    this.#values[slot] = value;
    this.#samples[slot]! += 1;
  }

  /** A sample that is kept on its own: a timing, a value of a distribution. */
  value(id: SeriesId, value: number, sampleRate: number): void {
    const slot = this.#slots.slotForId(id);
    if (slot < 0) return this.dropSample(id);
    let inverse = 1;
    if (sampleRate !== 1) {
      inverse = sampleWeight(sampleRate);
      if (this.#random() * inverse >= 1) return this.#accounting.sampleOut();
    }
    if (this.#load >= this.#maxLoad) return this.#accounting.drop(1, 'queue_full');
    let batch = this.#batches[slot];
    if (batch === undefined || batch.length === batch.values.length || batch.sampleWeight !== inverse) {
      const room = this.#writableBatch(slot, inverse);
      if (room === undefined) {
        batch!.replace(value, this.#random);
        return this.#accounting.sampleOut();
      }
      batch = room;
    }
    batch.values[batch.length] = value;
    batch.length += 1;
    this.#load += 1;
    this.#samples[slot]! += 1;
  }

  set(id: SeriesId, member: string): void {
    const slot = this.#slots.slotForId(id);
    if (slot < 0) return this.dropSample(id);
    if (member.length > this.#maxMemberLength) return this.#accounting.drop(1, 'member_too_long');
    let batch = this.#batches[slot];
    if (batch?.members?.has(member) !== true) {
      if (this.#load >= this.#maxLoad) return this.#accounting.drop(1, 'queue_full');
      if (batch?.members === undefined || batch.members.size >= this.#maxSetMembers) {
        if (batch !== undefined) {
          this.#enqueueBatch(slot, batch);
          this.onDrainNeeded(false);
        }
        batch = this.#newBatch(slot, new Batch(slot, 1, NO_VALUES, new Set()));
      }
      batch.members!.add(member);
      const load = 1 + (member.length >> 3);
      batch.memoryUnits += load;
      this.#load += load;
      if (this.isHalfFull) this.onDrainNeeded(true);
    }
    this.#samples[slot]! += 1;
  }

  /** A sample that is a line of its own, rendered already. */
  queueLine(bytes: Uint8Array): void {
    if (this.#closed) return this.#accounting.drop(1, 'closed');
    if (this.#load >= this.#maxLoad) return this.#accounting.drop(1, 'queue_full');
    const batch = new Batch(-1, 1, NO_VALUES, undefined);
    batch.line = bytes;
    batch.samples = 1;
    batch.memoryUnits = 1 + (bytes.length >> 3);
    this.#load += batch.memoryUnits;
    this.#queue.push(batch);
    if (this.isHalfFull) this.onDrainNeeded(true);
  }

  /** Drops a sample whose id has no slot, for the reason that it has none. */
  dropSample(id: SeriesId): void {
    this.#accounting.drop(1, this.#closed ? 'closed' : (this.#rejectedSeries.get(id) ?? 'unknown_series'));
  }

  /** Hands what a slot holds to the writer; what it keeps one by one goes to the end of the queue. */
  drainSlot(slot: number, writer: SampleWriter): void {
    const samples = this.#samples[slot]!;
    if (samples > 0) {
      const batch = this.#batches[slot];
      const kind = this.#slots.kind(slot);
      this.#drained[kind] += 1;
      if (batch !== undefined) {
        this.#enqueueBatch(slot, batch);
      } else {
        const value = this.#values[slot]!;
        const isCounter = kind === 'counter';
        this.#samples[slot] = 0;
        if (isCounter) this.#values[slot] = 0;
        // Sums of finite amounts can overflow.
        if (!Number.isFinite(value)) {
          this.#accounting.drop(samples, 'not_finite');
        } else {
          this.#accounting.handOver(samples);
          if (isCounter) writer.counter(slot, value, samples);
          else writer.gauge(slot, value, samples);
        }
      }
    }
    this.#freeSlotIfUnused(slot);
  }

  /** Hands the sealed batches to the writer. Answers whether none is left; otherwise the burst is full. */
  drainQueue(writer: SampleWriter, outlet: Outlet): boolean {
    for (let batch = this.#queue.first; batch !== undefined; batch = this.#queue.first) {
      if (batch.line !== undefined) this.#drainLine(batch, batch.line, writer, outlet);
      else if (batch.members === undefined) this.#drainValues(batch, writer, outlet);
      else this.#drainMembers(batch, batch.members, writer, outlet);
      if (batch.samples > 0) return false;
      this.#queue.removeFirst();
      this.#releaseBatch(batch);
    }
    return true;
  }

  /** Drops all that is held. */
  dropAll(reason: string): void {
    for (let slot = 0; slot < this.#slots.bound; slot += 1) {
      const batch = this.#batches[slot];
      if (batch !== undefined) this.#enqueueBatch(slot, batch);
      this.#accounting.drop(this.#samples[slot]!, reason);
      this.#samples[slot] = 0;
      this.#values[slot] = 0;
      this.#freeSlotIfUnused(slot);
    }
    for (let batch = this.#queue.first; batch !== undefined; batch = this.#queue.first) {
      this.#accounting.drop(batch.samples, reason);
      this.#queue.samples -= batch.samples;
      this.#queue.removeFirst();
      this.#releaseBatch(batch);
    }
  }

  /** Ends recording: from here on samples are dropped under `closed`. What is held can still be drained. */
  close(): void {
    this.#closed = true;
    this.#slots.detachAll();
    this.#rejectedSeries.clear();
  }

  get closed(): boolean {
    return this.#closed;
  }

  #drainValues(batch: Batch, writer: SampleWriter, outlet: Outlet): void {
    while (batch.position < batch.length && outlet.ready && !outlet.burstFull) {
      const isHeavier = batch.position < batch.remainder;
      const end = isHeavier ? batch.remainder : batch.length;
      const inverse = batch.sampleWeight * (batch.valueWeight + (isHeavier ? 1 : 0));
      // The writer settles as it goes, so it owns all of them before it starts, and gives back what it left.
      this.#handOver(batch, end - batch.position);
      batch.position = writer.values(batch.slot, batch.values, batch.position, end, inverse);
      this.#handOver(batch, batch.position - end);
    }
  }

  #drainLine(batch: Batch, line: Uint8Array, writer: SampleWriter, outlet: Outlet): void {
    if (!outlet.ready || outlet.burstFull) return;
    const { samples } = batch;
    this.#handOver(batch, samples);
    writer.line!(line, samples);
  }

  #drainMembers(batch: Batch, members: Set<string>, writer: SampleWriter, outlet: Outlet): void {
    for (const member of members) {
      if (!outlet.ready || outlet.burstFull) return;
      // The last member answers for the samples that repeated a member.
      const samples = members.size === 1 ? batch.samples : 1;
      members.delete(member);
      this.#handOver(batch, samples);
      writer.member(batch.slot, member, samples);
    }
  }

  #handOver(batch: Batch, samples: number): void {
    this.#accounting.handOver(samples);
    batch.samples -= samples;
    this.#queue.samples -= samples;
  }

  /** A batch that takes another value; none where a reservoir is full. */
  #writableBatch(slot: number, inverse: number): Batch | undefined {
    if (this.isHalfFull) this.onDrainNeeded(true);
    const batch = this.#batches[slot];
    if (batch !== undefined) {
      if (batch.sampleWeight === inverse) {
        if (batch.values.length < this.#arrays.largest) {
          batch.values = this.#arrays.grow(batch.values);
          return batch;
        }
        if (this.#usesReservoirs && isSampled(this.#slots.kind(slot))) return undefined;
      }
      this.#enqueueBatch(slot, batch);
      this.onDrainNeeded(false);
    }
    return this.#newBatch(slot, new Batch(slot, inverse, this.#arrays.take(), undefined));
  }

  #newBatch(slot: number, batch: Batch): Batch {
    // An array with holes far apart would become a dictionary.
    while (this.#batches.length <= slot) this.#batches.push(undefined);
    this.#batches[slot] = batch;
    return batch;
  }

  /** Moves a slot's batch, and the samples in it, to the queue. */
  #enqueueBatch(slot: number, batch: Batch): void {
    batch.samples = this.#samples[slot]!;
    if (batch.members === undefined) {
      // A caller that mixes the verbs of one id gets them counted, not a batch that never ends.
      this.#accounting.drop(batch.samples - batch.length, 'wrong_kind');
      batch.samples = batch.length;
      batch.memoryUnits = batch.length;
      if (batch.sampledOut > 0) batch.distributeWeight(this.#random);
    }
    this.#samples[slot] = 0;
    this.#batches[slot] = undefined;
    this.#slots.retainSlot(slot);
    this.#queue.push(batch);
  }

  #releaseBatch(batch: Batch): void {
    this.#load -= batch.memoryUnits;
    this.#arrays.recycle(batch.values);
    if (batch.slot < 0) return;
    this.#slots.releaseSlot(batch.slot);
    this.#freeSlotIfUnused(batch.slot);
  }

  #freeSlotIfUnused(slot: number): void {
    if (this.#samples[slot] !== 0 || !this.#slots.isUnused(slot)) return;
    this.#slots.free(slot);
    this.#values[slot] = 0;
  }
}

/** Every counter's amount counts, and of gauges the last. */
function isSampled(kind: SlotKind): boolean {
  return kind === 'timing' || kind === 'distribution' || kind === 'histogram';
}
