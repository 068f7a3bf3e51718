import type { MetricKind, SeriesId } from '@metrics/core';
import { grown } from '@metrics/core/interning';
import { Batch, BatchQueue } from './batch-queue.js';
import type { SampleLedger } from './sample-ledger.js';
import { inverseRate } from './sampling-rate.js';
import type { SlotTable } from './slot-table.js';
import { LARGEST_VALUE_ARRAY, ValueArrays } from './value-arrays.js';
import type { WindowWriter } from './window-writer.js';

export interface ColumnsOptions {
  readonly slots: SlotTable;
  readonly ledger: SampleLedger;
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
  /** @default 1000 */
  readonly maxSetMembers?: number | undefined;
  /** In characters. A longer one is dropped under `member_too_long`. @default 1024 */
  readonly maxMemberLength?: number | undefined;
  /** Answers numbers from 0 to below 1; draws samples. @default Math.random */
  readonly random?: (() => number) | undefined;
}

const NO_VALUES = new Float64Array(0);

/**
 * What was recorded since the last drain, in columns indexed by slot. Recording is a few stores; it never sends, and its
 * memory is bounded. Longer than most files because the columns are one invariant: `held` is what the columns hold.
 */
export class Columns {
  /** Called when there is something to drain before the window ends; `full` when all slots should be. */
  onPressure: (full: boolean) => void = () => {};

  readonly #slots: SlotTable;
  readonly #ledger: SampleLedger;
  readonly #merge: boolean;
  readonly #maxLoad: number;
  readonly #maxSetMembers: number;
  readonly #maxMemberLength: number;
  readonly #random: () => number;

  /** A counter's sum, a gauge's last value. */
  #values = new Float64Array(16);
  /** Samples in the slot: the accounting, and the mark that there is something to write. */
  #samples = new Uint32Array(16);
  /** What a slot keeps one by one. Empty as long as there are only counters and gauges. */
  readonly #batches: (Batch | undefined)[] = [];
  readonly #queue = new BatchQueue();
  #load = 0;
  readonly #arrays = new ValueArrays();
  /** Why ids without a slot have none; all others were never opened. */
  readonly #refusals = new Map<SeriesId, string>();
  #closed = false;

  constructor(options: ColumnsOptions) {
    this.#slots = options.slots;
    this.#ledger = options.ledger;
    this.#merge = options.merge ?? true;
    this.#maxLoad = options.maxQueuedSamples ?? 1_000_000;
    this.#maxSetMembers = options.maxSetMembers ?? 1000;
    this.#maxMemberLength = options.maxMemberLength ?? 1024;
    this.#random = options.random ?? Math.random;
  }

  /** Samples recorded and not handed to a writer. */
  get held(): number {
    let held = this.#queue.samples;
    for (let slot = 0; slot < this.#slots.bound; slot += 1) held += this.#samples[slot]!;
    return held;
  }

  /** Whether half of what may be queued is. */
  get crowded(): boolean {
    return this.#load >= this.#maxLoad / 2;
  }

  /** Maps an id to the slot of its rendered identity. @see {@link SlotTable.attach} */
  open(id: SeriesId, kind: MetricKind, fragments: readonly number[]): void {
    this.release(id);
    const slot = this.#slots.attach(id, kind, fragments);
    if (slot < this.#samples.length) return;
    this.#values = grown(this.#values);
    this.#samples = grown(this.#samples);
  }

  /** Opens an id that cannot be rendered: its samples are dropped under `reason`. */
  refuse(id: SeriesId, reason: string): void {
    this.release(id);
    this.#refusals.set(id, reason);
  }

  /** The id ends. What it recorded is still written; its slot is freed when nobody needs it. */
  release(id: SeriesId): void {
    if (this.#refusals.size > 0) this.#refusals.delete(id);
    const slot = this.#slots.detach(id);
    if (slot >= 0) this.#freeIfDone(slot);
  }

  incr(id: SeriesId, amount: number, sampleRate: number): void {
    if (!this.#merge) return this.value(id, amount, sampleRate);
    const slot = this.#slots.of(id);
    if (slot < 0) return this.#drop(id);
    this.#values[slot]! += amount;
    this.#samples[slot]! += 1;
  }

  gauge(id: SeriesId, value: number): void {
    if (!this.#merge) return this.value(id, value, 1);
    const slot = this.#slots.of(id);
    if (slot < 0) return this.#drop(id);
    this.#values[slot] = value;
    this.#samples[slot]! += 1;
  }

  /** A sample that is kept on its own: a timing, a value of a distribution. */
  value(id: SeriesId, value: number, sampleRate: number): void {
    const slot = this.#slots.of(id);
    if (slot < 0) return this.#drop(id);
    let inverse = 1;
    if (sampleRate !== 1) {
      inverse = inverseRate(sampleRate);
      if (this.#random() * inverse >= 1) return this.#ledger.leaveOut();
    }
    if (this.#load >= this.#maxLoad) return this.#ledger.refuse(1, 'queue_full');
    let batch = this.#batches[slot];
    if (batch === undefined || batch.length === batch.values.length || batch.inverse !== inverse) {
      batch = this.#batchWithRoom(slot, inverse);
    }
    batch.values[batch.length] = value;
    batch.length += 1;
    this.#load += 1;
    this.#samples[slot]! += 1;
  }

  set(id: SeriesId, member: string): void {
    const slot = this.#slots.of(id);
    if (slot < 0) return this.#drop(id);
    if (member.length > this.#maxMemberLength) return this.#ledger.refuse(1, 'member_too_long');
    let batch = this.#batches[slot];
    if (batch?.members?.has(member) !== true) {
      if (this.#load >= this.#maxLoad) return this.#ledger.refuse(1, 'queue_full');
      if (batch?.members === undefined || batch.members.size >= this.#maxSetMembers) {
        if (batch !== undefined) {
          this.#seal(slot, batch);
          this.onPressure(false);
        }
        batch = this.#newBatch(slot, new Batch(slot, 1, NO_VALUES, new Set()));
      }
      batch.members!.add(member);
      const load = 1 + (member.length >> 3);
      batch.load += load;
      this.#load += load;
      if (this.crowded) this.onPressure(true);
    }
    this.#samples[slot]! += 1;
  }

  /** Hands what a slot holds to the writer; what it keeps one by one goes to the end of the queue. */
  drainSlot(slot: number, writer: WindowWriter): void {
    const samples = this.#samples[slot]!;
    if (samples > 0) {
      const batch = this.#batches[slot];
      if (batch !== undefined) {
        this.#seal(slot, batch);
      } else {
        const value = this.#values[slot]!;
        const isCounter = this.#slots.kind(slot) === 'counter';
        this.#samples[slot] = 0;
        if (isCounter) this.#values[slot] = 0;
        // Sums of finite amounts can overflow.
        if (!Number.isFinite(value)) {
          this.#ledger.refuse(samples, 'not_finite');
        } else {
          this.#ledger.hand(samples);
          if (isCounter) writer.counter(slot, value, samples);
          else writer.gauge(slot, value, samples);
        }
      }
    }
    this.#freeIfDone(slot);
  }

  /** Hands the sealed batches to the writer. Answers whether none is left; otherwise the burst is full. */
  drainQueue(writer: WindowWriter): boolean {
    for (let batch = this.#queue.first; batch !== undefined; batch = this.#queue.first) {
      if (batch.members === undefined) this.#drainValues(batch, writer);
      else this.#drainMembers(batch, batch.members, writer);
      if (batch.samples > 0) return false;
      this.#queue.removeFirst();
      this.#discard(batch);
    }
    return true;
  }

  /** Drops all that is held. */
  dropAll(reason: string): void {
    for (let slot = 0; slot < this.#slots.bound; slot += 1) {
      const batch = this.#batches[slot];
      if (batch !== undefined) this.#seal(slot, batch);
      this.#ledger.refuse(this.#samples[slot]!, reason);
      this.#samples[slot] = 0;
      this.#values[slot] = 0;
      this.#freeIfDone(slot);
    }
    for (let batch = this.#queue.first; batch !== undefined; batch = this.#queue.first) {
      this.#ledger.refuse(batch.samples, reason);
      this.#queue.samples -= batch.samples;
      this.#queue.removeFirst();
      this.#discard(batch);
    }
  }

  /** Ends recording: from here on samples are dropped under `closed`. What is held can still be drained. */
  close(): void {
    this.#closed = true;
    this.#slots.detachAll();
    this.#refusals.clear();
  }

  get closed(): boolean {
    return this.#closed;
  }

  #drainValues(batch: Batch, writer: WindowWriter): void {
    while (batch.position < batch.length && writer.ready && !writer.burstFull) {
      // The writer settles as it goes, so it owns all of them before it starts, and gives back what it left.
      this.#hand(batch, batch.length - batch.position);
      batch.position = writer.values(batch.slot, batch.values, batch.position, batch.length, batch.inverse);
      this.#hand(batch, batch.position - batch.length);
    }
  }

  #drainMembers(batch: Batch, members: Set<string>, writer: WindowWriter): void {
    for (const member of members) {
      if (!writer.ready || writer.burstFull) return;
      // The last member answers for the samples that repeated a member.
      const samples = members.size === 1 ? batch.samples : 1;
      members.delete(member);
      this.#hand(batch, samples);
      writer.member(batch.slot, member, samples);
    }
  }

  #hand(batch: Batch, samples: number): void {
    this.#ledger.hand(samples);
    batch.samples -= samples;
    this.#queue.samples -= samples;
  }

  #batchWithRoom(slot: number, inverse: number): Batch {
    if (this.crowded) this.onPressure(true);
    const batch = this.#batches[slot];
    if (batch !== undefined) {
      if (batch.inverse === inverse && batch.values.length < LARGEST_VALUE_ARRAY) {
        batch.values = this.#arrays.grow(batch.values);
        return batch;
      }
      this.#seal(slot, batch);
      this.onPressure(false);
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
  #seal(slot: number, batch: Batch): void {
    batch.samples = this.#samples[slot]!;
    if (batch.members === undefined) {
      // A caller that mixes the verbs of one id gets them counted, not a batch that never ends.
      this.#ledger.refuse(batch.samples - batch.length, 'wrong_kind');
      batch.samples = batch.length;
      batch.load = batch.length;
    }
    this.#samples[slot] = 0;
    this.#batches[slot] = undefined;
    this.#slots.retain(slot);
    this.#queue.push(batch);
  }

  #discard(batch: Batch): void {
    this.#load -= batch.load;
    this.#arrays.give(batch.values);
    this.#slots.release(batch.slot);
    this.#freeIfDone(batch.slot);
  }

  #freeIfDone(slot: number): void {
    if (this.#samples[slot] !== 0 || !this.#slots.isAbandoned(slot)) return;
    this.#slots.free(slot);
    this.#values[slot] = 0;
  }

  #drop(id: SeriesId): void {
    this.#ledger.refuse(1, this.#closed ? 'closed' : (this.#refusals.get(id) ?? 'unknown_series'));
  }
}
