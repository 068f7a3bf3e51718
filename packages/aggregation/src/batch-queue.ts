import type { Batch } from './batch.js';
import type { Outlet } from './outlet.js';
import type { SampleAccounting } from './sample-accounting.js';
import type { SampleWriter } from './sample-writer.js';

/** Sealed batches, first in, first out. */
export class BatchQueue {
  readonly #accounting: SampleAccounting;
  readonly #onRemove: (batch: Batch) => void;
  /** Empty before {@link #head}: shifting the array would move every entry. */
  #batches: (Batch | undefined)[] = [];
  #head = 0;
  #samples = 0;
  #removed = 0;

  /** @param onRemove called with each batch that was written or dropped as a whole. */
  constructor(accounting: SampleAccounting, onRemove: (batch: Batch) => void) {
    this.#accounting = accounting;
    this.#onRemove = onRemove;
  }

  /** Number of samples in the queue. */
  get samples(): number {
    return this.#samples;
  }

  /** The number of batches that were ever added. */
  get end(): number {
    return this.#removed + this.#batches.length - this.#head;
  }

  push(batch: Batch): void {
    this.#batches.push(batch);
    this.#samples += batch.samples;
  }

  /**
   * Hands batches to the writer until the outlet stops it. Returns true if none is left of those that were in the queue when
   * it had this {@link end}: a queue that is filled faster than it is drained never becomes empty.
   */
  drain(writer: SampleWriter, outlet: Outlet, end: number): boolean {
    while (this.#removed < end) {
      const batch = this.#first;
      if (batch === undefined) break;
      if (batch.line !== undefined) this.#drainLine(batch, batch.line, writer, outlet);
      else if (batch.members === undefined) this.#drainValues(batch, writer, outlet);
      else this.#drainMembers(batch, batch.members, writer, outlet);
      if (batch.samples > 0) return false;
      this.#removeFirst(batch);
    }
    return true;
  }

  dropAll(reason: string): void {
    for (let batch = this.#first; batch !== undefined; batch = this.#first) {
      this.#accounting.drop(batch.samples, reason);
      this.#samples -= batch.samples;
      this.#removeFirst(batch);
    }
  }

  get #first(): Batch | undefined {
    return this.#batches[this.#head];
  }

  #removeFirst(batch: Batch): void {
    this.#batches[this.#head] = undefined;
    this.#head += 1;
    this.#removed += 1;
    if (this.#head * 2 >= this.#batches.length) {
      this.#batches.splice(0, this.#head);
      this.#head = 0;
    }
    this.#onRemove(batch);
  }

  #drainValues(batch: Batch, writer: SampleWriter, outlet: Outlet): void {
    while (batch.position < batch.length && outlet.ready && !outlet.burstFull) {
      const isHeavier = batch.position < batch.remainder;
      const end = isHeavier ? batch.remainder : batch.length;
      const sampleWeight = batch.sampleWeight * (batch.valueWeight + (isHeavier ? 1 : 0));
      // The writer may confirm samples while it writes, so all are handed over first; those it left are taken back.
      this.#handOver(batch, end - batch.position);
      batch.position = writer.values(batch.slot, batch.values, batch.position, end, sampleWeight);
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
      // The samples that repeated a member are counted with the last member.
      const samples = members.size === 1 ? batch.samples : 1;
      members.delete(member);
      this.#handOver(batch, samples);
      writer.member(batch.slot, member, samples);
    }
  }

  /** @param samples negative to take samples back. */
  #handOver(batch: Batch, samples: number): void {
    this.#accounting.handOver(samples);
    batch.samples -= samples;
    this.#samples -= samples;
  }
}
