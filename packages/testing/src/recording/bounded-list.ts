/** A list that evicts its oldest items beyond a bound. */
export class BoundedList<Item> {
  readonly #bound: number;
  #items: Item[] = [];
  /** The index of the oldest item. Evicted items before it are removed in batches, not one by one. */
  #start = 0;

  constructor(bound: number) {
    this.#bound = bound;
  }

  /** Appends an item. Returns true if that evicted the oldest one. */
  push(item: Item): boolean {
    this.#items.push(item);
    if (this.#items.length - this.#start <= this.#bound) return false;
    this.#start += 1;
    if (this.#start > this.#bound) {
      this.#items = this.#items.slice(this.#start);
      this.#start = 0;
    }
    return true;
  }

  toArray(): Item[] {
    return this.#items.slice(this.#start);
  }

  clear(): void {
    this.#items = [];
    this.#start = 0;
  }
}
