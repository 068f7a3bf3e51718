// The bounded half of the sample buffer: samples that cannot be merged.
import { Batch } from './batch.js';
import { BatchQueue } from './batch-queue.js';
import { Float64ArrayPool } from './float64-array-pool.js';
import type { Outlet } from './outlet.js';
import type { SampleAccounting } from './sample-accounting.js';
import type { SampleBufferOptions } from './sample-buffer-options.js';
import { sampleWeight } from './sample-weight.js';
import type { SampleWriter } from './sample-writer.js';
import type { SlotKind, SlotTable } from './slot-table.js';

const NO_VALUES = new Float64Array(0);
const DEFAULT_SLOT_VALUES = 1024;

export interface BatchBufferOptions extends SampleBufferOptions {
  /** Called when batches should be drained before the window ends; `full` if all slots should be. */
  readonly onDrainNeeded: (full: boolean) => void;
  /** Called with the slot of each batch that was written or dropped as a whole. */
  readonly onSlotReleased: (slot: number) => void;
}

/** How far a drain goes in each queue; see {@link BatchQueue.end}. */
export type QueueEnds = readonly [exact: number, sampled: number];

/** Ends that a queue never reaches. */
const NO_ENDS: QueueEnds = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];

/**
 * The samples that a {@link SampleBuffer} keeps one by one. Values and members of a slot are added to its open batch. A
 * batch that is full, or is drained, is sealed and waits in a queue. All batches together are bounded.
 */
export class BatchBuffer {
  readonly #slots: SlotTable;
  readonly #accounting: SampleAccounting;
  readonly #maxLoad: number;
  readonly #maxSetMembers: number;
  readonly #maxMemberLength: number;
  readonly #usesReservoirs: boolean;
  readonly #random: () => number;
  readonly #onDrainNeeded: (full: boolean) => void;
  readonly #arrays: Float64ArrayPool;
  /** Open batches by slot. Stays empty as long as there are only merged counters and gauges. */
  readonly #open: (Batch | undefined)[] = [];
  /** Lines, members, and values of which each one matters. They are few, and handed over first. */
  readonly #exactQueue: BatchQueue;
  /** Values of which one more or less hardly changes a statistic. */
  readonly #sampledQueue: BatchQueue;
  /** Size of all batches, in units of eight bytes. */
  #load = 0;

  constructor(options: BatchBufferOptions) {
    this.#slots = options.slots;
    this.#accounting = options.accounting;
    this.#maxLoad = options.maxQueuedSamples ?? 1_000_000;
    this.#maxSetMembers = options.maxSetMembers ?? 1000;
    this.#maxMemberLength = options.maxMemberLength ?? 1024;
    this.#usesReservoirs = options.overflow === 'reservoir';
    this.#random = options.random ?? Math.random;
    this.#onDrainNeeded = options.onDrainNeeded;
    this.#arrays = new Float64ArrayPool(options.maxSlotValues ?? DEFAULT_SLOT_VALUES);
    const onRemove = (batch: Batch): void => {
      this.#load -= batch.memoryUnits;
      this.#arrays.recycle(batch.values);
      if (batch.slot < 0) return;
      this.#slots.releaseSlot(batch.slot);
      options.onSlotReleased(batch.slot);
    };
    this.#exactQueue = new BatchQueue(options.accounting, onRemove);
    this.#sampledQueue = new BatchQueue(options.accounting, onRemove);
  }

  /** Number of samples in all batches. */
  get samples(): number {
    let samples = this.#exactQueue.samples + this.#sampledQueue.samples;
    for (const batch of this.#open) samples += batch?.members === undefined ? (batch?.length ?? 0) : batch.samples;
    return samples;
  }

  /** True if at least half of the bound is in use. */
  get isHalfFull(): boolean {
    return this.#load >= this.#maxLoad / 2;
  }

  addValue(slot: number, value: number, sampleRate: number): void {
    let weight = 1;
    if (sampleRate !== 1) {
      weight = sampleWeight(sampleRate);
      if (this.#random() * weight >= 1) return this.#accounting.sampleOut();
    }
    if (this.#load >= this.#maxLoad) return this.#accounting.drop(1, 'queue_full');
    let batch = this.#open[slot];
    if (batch === undefined || batch.length === batch.values.length || batch.sampleWeight !== weight) {
      const writable = this.#writableBatch(slot, weight);
      if (writable === undefined) {
        batch!.replace(value, this.#random);
        return this.#accounting.sampleOut();
      }
      batch = writable;
    }
    batch.values[batch.length] = value;
    batch.length += 1;
    this.#load += 1;
  }

  addMember(slot: number, member: string): void {
    if (member.length > this.#maxMemberLength) return this.#accounting.drop(1, 'member_too_long');
    let batch = this.#open[slot];
    if (batch?.members?.has(member) !== true) {
      if (this.#load >= this.#maxLoad) return this.#accounting.drop(1, 'queue_full');
      if (batch?.members === undefined || batch.members.size >= this.#maxSetMembers) {
        if (this.seal(slot)) this.#onDrainNeeded(false);
        batch = this.#openBatch(new Batch(slot, 1, NO_VALUES, new Set()));
      }
      batch.members!.add(member);
      const memoryUnits = 1 + (member.length >> 3);
      batch.memoryUnits += memoryUnits;
      this.#addLoad(memoryUnits);
    }
    batch.samples += 1;
  }

  addLine(bytes: Uint8Array): void {
    if (this.#load >= this.#maxLoad) return this.#accounting.drop(1, 'queue_full');
    const batch = new Batch(-1, 1, NO_VALUES);
    batch.line = bytes;
    batch.samples = 1;
    batch.memoryUnits = 1 + (bytes.length >> 3);
    this.#exactQueue.push(batch);
    this.#addLoad(batch.memoryUnits);
  }

  /** Moves the open batch of a slot to its queue. Returns false if the slot has none. */
  seal(slot: number): boolean {
    const batch = this.#open[slot];
    if (batch === undefined) return false;
    this.#open[slot] = undefined;
    batch.seal(this.#random);
    (isSampled(this.#slots.kind(slot)) ? this.#sampledQueue : this.#exactQueue).push(batch);
    return true;
  }

  /** The ends of a drain of all batches that are sealed now. */
  get queueEnds(): QueueEnds {
    return [this.#exactQueue.end, this.#sampledQueue.end];
  }

  /** Hands the sealed batches to the writer until the outlet stops it. Returns true if none is left before the ends. */
  drainQueues(writer: SampleWriter, outlet: Outlet, [exact, sampled]: QueueEnds = NO_ENDS): boolean {
    return this.#exactQueue.drain(writer, outlet, exact) && this.#sampledQueue.drain(writer, outlet, sampled);
  }

  /** Drops the sealed batches. */
  dropQueues(reason: string): void {
    this.#exactQueue.dropAll(reason);
    this.#sampledQueue.dropAll(reason);
  }

  #addLoad(memoryUnits: number): void {
    this.#load += memoryUnits;
    if (this.isHalfFull) this.#onDrainNeeded(true);
  }

  /** Returns a batch with room for a value of this weight; undefined if the slot's reservoir is full. */
  #writableBatch(slot: number, weight: number): Batch | undefined {
    if (this.isHalfFull) this.#onDrainNeeded(true);
    const batch = this.#open[slot];
    if (batch !== undefined) {
      if (batch.sampleWeight === weight && batch.members === undefined) {
        if (batch.values.length < this.#arrays.maxLength) {
          batch.values = this.#arrays.grow(batch.values);
          return batch;
        }
        if (this.#usesReservoirs && isSampled(this.#slots.kind(slot))) return undefined;
      }
      this.seal(slot);
      this.#onDrainNeeded(false);
    }
    return this.#openBatch(new Batch(slot, weight, this.#arrays.take()));
  }

  #openBatch(batch: Batch): Batch {
    // An array with large holes would become a dictionary.
    while (this.#open.length <= batch.slot) this.#open.push(undefined);
    this.#open[batch.slot] = batch;
    this.#slots.retainSlot(batch.slot);
    return batch;
  }
}

/** Returns false for counters and gauges: each amount of a counter and the last value of a gauge matter. */
function isSampled(kind: SlotKind): boolean {
  return kind === 'timing' || kind === 'distribution' || kind === 'histogram';
}
