/** A list that forgets its oldest items beyond a bound. */
export class BoundedList<Item> {
  readonly #bound: number;
  #items: Item[] = [];
  /** Where the list begins: forgotten items are cut off in one go, not one by one. */
  #first = 0;

  constructor(bound: number) {
    this.#bound = bound;
  }

  /** Answers whether the oldest item had to go. */
  push(item: Item): boolean {
    this.#items.push(item);
    if (this.#items.length - this.#first <= this.#bound) return false;
    this.#first += 1;
    if (this.#first > this.#bound) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return true;
  }

  toArray(): Item[] {
    return this.#items.slice(this.#first);
  }

  clear(): void {
    this.#items = [];
    this.#first = 0;
  }
}
