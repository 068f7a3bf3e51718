import { grow } from '@metrics/core/backend';

/** Links of a slot that is not in the queue, and of the first and last that are. */
const ABSENT = -2;
const END = -1;

/** A queue of slots, from which any can be removed. Linked columns, because a `Set` takes ten times as long. */
export class SlotQueue {
  /** By slot. No longer than the greatest slot that was in the queue. */
  #next = new Int32Array(0);
  #previous = new Int32Array(0);
  #first = END;
  #last = END;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(slot: number): boolean {
    return (this.#previous[slot] ?? ABSENT) !== ABSENT;
  }

  /** Adds a slot that is not in the queue. */
  push(slot: number): void {
    if (slot >= this.#next.length) this.#growTo(slot);
    this.#next[slot] = END;
    this.#previous[slot] = this.#last;
    if (this.#last === END) this.#first = slot;
    else this.#next[this.#last] = slot;
    this.#last = slot;
    this.#size += 1;
  }

  /** Removes and returns the slot that was added first, or -1. */
  shift(): number {
    const slot = this.#first;
    this.delete(slot);
    return slot;
  }

  /** Removes a slot if it is in the queue. */
  delete(slot: number): void {
    if (!this.has(slot)) return;
    const previous = this.#previous[slot]!;
    const next = this.#next[slot]!;
    if (previous === END) this.#first = next;
    else this.#next[previous] = next;
    if (next === END) this.#last = previous;
    else this.#previous[next] = previous;
    this.#previous[slot] = ABSENT;
    this.#size -= 1;
  }

  #growTo(slot: number): void {
    if (this.#next.length === 0) {
      this.#next = new Int32Array(16);
      this.#previous = new Int32Array(16).fill(ABSENT);
    }
    while (slot >= this.#next.length) {
      this.#next = grow(this.#next);
      this.#previous = grow(this.#previous, ABSENT);
    }
  }
}
