import type { MetricKind, SeriesId } from '@metrics/core';
import { grow, RowTable } from '@metrics/core/backend';

/** What a slot holds. A histogram is what a distribution or a timing may be on the wire. */
export type SlotKind = MetricKind | 'histogram';

const KINDS: readonly SlotKind[] = ['counter', 'gauge', 'timing', 'distribution', 'set', 'histogram'];
/** The kind sits in the low bits of a row's first cell: a cell of its own would cost four bytes a series. */
const KIND_BITS = 3;
const KIND_MASK = (1 << KIND_BITS) - 1;

/**
 * From the facade's ids to slots. A slot stands for one *rendered* identity, a kind and a row of fragments (small
 * integers of the caller's), so series that look alike on the wire share one, and what they record is merged.
 */
export class SlotTable {
  readonly #rows = new RowTable();
  #slots = new Int32Array(16).fill(-1);
  /** Per slot, the ids attached to it and the sealed batches that still have to be written with its row. */
  #references = new Int32Array(16);
  readonly #releaseFragment: (fragment: number) => void;

  /** @param releaseFragment is told of every fragment reference that is no longer needed. */
  constructor(releaseFragment: (fragment: number) => void) {
    this.#releaseFragment = releaseFragment;
  }

  /** The number of slots in use. */
  get size(): number {
    return this.#rows.size;
  }

  /** One more than the greatest slot ever given: the length a column needs. */
  get bound(): number {
    return this.#rows.bound;
  }

  /** The slot of an id, or -1. */
  slotForId(id: SeriesId): number {
    return this.#slots[id] ?? -1;
  }

  /**
   * Attaches `id` to the slot of this identity and answers it. One reference to each fragment passes to the table.
   *
   * @param fragmentCount at least one.
   */
  attach(id: SeriesId, kind: SlotKind, fragmentCount: readonly number[]): number {
    const row = [...fragmentCount];
    row[0] = (row[0]! << KIND_BITS) | KINDS.indexOf(kind);
    let slot = this.#rows.find(row);
    if (slot < 0) slot = this.#rows.insert(row);
    else for (const fragment of fragmentCount) this.#releaseFragment(fragment);
    while (id >= this.#slots.length) this.#slots = grow(this.#slots, -1);
    if (slot >= this.#references.length) this.#references = grow(this.#references);
    this.#slots[id] = slot;
    this.#references[slot]! += 1;
    return slot;
  }

  /** Detaches an id; what it recorded stays. Answers the slot it was attached to, or -1. */
  detach(id: SeriesId): number {
    const slot = this.slotForId(id);
    if (slot < 0) return -1;
    this.#slots[id] = -1;
    this.#references[slot]! -= 1;
    return slot;
  }

  /** Every id becomes unknown; the slots stay until they are freed. */
  detachAll(): void {
    for (const slot of this.#slots) if (slot >= 0) this.#references[slot]! -= 1;
    this.#slots = new Int32Array(0);
  }

  retainSlot(slot: number): void {
    this.#references[slot]! += 1;
  }

  releaseSlot(slot: number): void {
    this.#references[slot]! -= 1;
  }

  /** Whether the slot is in use although nobody needs it. */
  isUnused(slot: number): boolean {
    return this.#references[slot] === 0 && this.#rows.has(slot);
  }

  /** Ends a slot and gives its fragments back. The number comes back for another identity. */
  free(slot: number): void {
    for (let index = 0; index < this.#rows.length(slot); index += 1) this.#releaseFragment(this.fragment(slot, index));
    this.#rows.remove(slot);
  }

  kind(slot: number): SlotKind {
    return KINDS[this.#rows.at(slot, 0) & KIND_MASK]!;
  }

  fragments(slot: number): number {
    return this.#rows.length(slot);
  }

  fragment(slot: number, index: number): number {
    const cell = this.#rows.at(slot, index);
    return index === 0 ? cell >> KIND_BITS : cell;
  }
}
