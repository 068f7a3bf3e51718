import { grow } from '@metrics/core/backend';
import type { StoredSeries } from '../stored-series.js';

/** The slots of the live buffer: small integers, one for each open series. Ids of equal series share a slot. */
export class LiveSlots {
  readonly #series: (StoredSeries | undefined)[] = [];
  /** Per slot, the number of ids that use it. */
  #references = new Int32Array(16);
  readonly #slotByIdentity = new Map<string, number>();
  readonly #slotsByKey = new Map<string, Set<number>>();
  readonly #unused: number[] = [];

  /** One more than the largest slot ever used. */
  get bound(): number {
    return this.#series.length;
  }

  /** Returns the series of a slot in use. */
  series(slot: number): StoredSeries {
    return this.#series[slot]!;
  }

  /** Returns the slots of the series of a key. */
  ofKey(key: string): Iterable<number> {
    return this.#slotsByKey.get(key) ?? [];
  }

  /** Returns the slot of a series for one more id to use. */
  retain(series: StoredSeries): number {
    const slot = this.#slotByIdentity.get(series.identity) ?? this.#allocate(series);
    this.#references[slot]! += 1;
    return slot;
  }

  /** Releases a slot for one id. Returns true if no other id uses it: free it then. */
  release(slot: number): boolean {
    this.#references[slot]! -= 1;
    return this.#references[slot] === 0;
  }

  /** Makes an unused slot available for another series. */
  free(slot: number): void {
    const { identity, key } = this.series(slot);
    this.#slotByIdentity.delete(identity);
    const ofKey = this.#slotsByKey.get(key);
    ofKey?.delete(slot);
    if (ofKey?.size === 0) this.#slotsByKey.delete(key);
    this.#series[slot] = undefined;
    this.#unused.push(slot);
  }

  #allocate(series: StoredSeries): number {
    const slot = this.#unused.pop() ?? this.#series.length;
    if (slot >= this.#references.length) this.#references = grow(this.#references);
    this.#series[slot] = series;
    this.#slotByIdentity.set(series.identity, slot);
    const ofKey = this.#slotsByKey.get(series.key);
    if (ofKey === undefined) this.#slotsByKey.set(series.key, new Set([slot]));
    else ofKey.add(slot);
    return slot;
  }
}
