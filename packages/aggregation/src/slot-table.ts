// Ids, slots, fragments and rows: how a series is identified on the way to a writer.
import type { MetricKind, SeriesId } from '@metrics/core';
import { grow, RowTable } from '@metrics/core/backend';

/** The kind of a slot. A distribution or a timing may be sent as a histogram. */
export type SlotKind = MetricKind | 'histogram';

const KINDS: readonly SlotKind[] = ['counter', 'gauge', 'timing', 'distribution', 'set', 'histogram'];
/** The kind is in the low bits of a row's first cell: a cell for it alone would cost four bytes for each series. */
const KIND_BITS = 3;
const KIND_MASK = (1 << KIND_BITS) - 1;

/**
 * Maps ids of series to slots.
 *
 * - An *id* is the integer under which the facade opens a series.
 * - A *fragment* is an integer of the backend for one encoded string: the name of a series, or one of its tags.
 * - A *row* is the tuple of integers that identifies a rendered series: its kind and its fragments.
 * - A *slot* is the integer of a row, and the index at which a buffer keeps the samples recorded under it.
 *
 * Several ids share a slot if their series are rendered alike, for example when tags are dropped; their samples are merged.
 * Ids, slots and fragments are reused after their last reference is released.
 */
export class SlotTable {
  readonly #rows = new RowTable();
  /** Slots by id, or -1. */
  #slots = new Int32Array(16).fill(-1);
  /** References by slot: the attached ids, and the batches that are still to be written with its row. */
  #references = new Int32Array(16);
  /** The row that {@link attach} looks up. */
  readonly #row: number[] = [];
  readonly #releaseFragment: (fragment: number) => void;

  /**
   * Creates an empty table.
   *
   * @param releaseFragment called with each fragment reference that is no longer needed.
   */
  constructor(releaseFragment: (fragment: number) => void) {
    this.#releaseFragment = releaseFragment;
  }

  /** Number of slots in use. */
  get size(): number {
    return this.#rows.size;
  }

  /** One more than the greatest slot ever used: the length that a column needs. */
  get bound(): number {
    return this.#rows.bound;
  }

  /** Returns the slot of an id, or -1. */
  slotForId(id: SeriesId): number {
    return this.#slots[id] ?? -1;
  }

  /**
   * Attaches an id to the slot of its row and returns the slot. The table takes over one reference to each fragment.
   *
   * @param fragments at least one.
   */
  attach(id: SeriesId, kind: SlotKind, fragments: readonly number[]): number {
    const row = this.#row;
    const { length } = fragments;
    row[0] = (fragments[0]! << KIND_BITS) | KINDS.indexOf(kind);
    for (let i = 1; i < length; i += 1) row[i] = fragments[i]!;
    let slot = this.#rows.find(row, length);
    if (slot < 0) slot = this.#rows.insert(row, length);
    else for (const fragment of fragments) this.#releaseFragment(fragment);
    while (id >= this.#slots.length) this.#slots = grow(this.#slots, -1);
    if (slot >= this.#references.length) this.#references = grow(this.#references);
    this.#slots[id] = slot;
    this.#references[slot]! += 1;
    return slot;
  }

  /** Detaches an id and returns the slot it was attached to, or -1. */
  detach(id: SeriesId): number {
    const slot = this.slotForId(id);
    if (slot < 0) return -1;
    this.#slots[id] = -1;
    this.#references[slot]! -= 1;
    return slot;
  }

  /** Detaches all ids. Their slots stay in use until they are freed. */
  detachAll(): void {
    for (const slot of this.#slots) if (slot >= 0) this.#references[slot]! -= 1;
    this.#slots = new Int32Array(16).fill(-1);
  }

  /** Adds a reference to a slot in use, which keeps its row. */
  retainSlot(slot: number): void {
    this.#references[slot]! += 1;
  }

  /** Removes a reference. The caller frees the slot if it {@link isUnused}. */
  releaseSlot(slot: number): void {
    this.#references[slot]! -= 1;
  }

  /** True if the slot has a row. */
  isUsed(slot: number): boolean {
    return this.#rows.has(slot);
  }

  /** True if the slot has no references left but is not freed yet. */
  isUnused(slot: number): boolean {
    return this.#references[slot] === 0 && this.#rows.has(slot);
  }

  /** Removes the row of a slot and releases its fragments. */
  free(slot: number): void {
    for (let index = 0; index < this.#rows.length(slot); index += 1) this.#releaseFragment(this.fragment(slot, index));
    this.#rows.remove(slot);
  }

  /** Returns the kind of a slot in use. */
  kind(slot: number): SlotKind {
    return KINDS[this.#rows.at(slot, 0) & KIND_MASK]!;
  }

  /** Returns the number of fragments of a slot in use; at least 1. */
  fragmentCount(slot: number): number {
    return this.#rows.length(slot);
  }

  /** Returns a fragment of a slot in use; that at index 0 is usually the name. */
  fragment(slot: number, index: number): number {
    const cell = this.#rows.at(slot, index);
    return index === 0 ? cell >> KIND_BITS : cell;
  }
}
