/**
 * How many series have each tag, for the tags of one key. Tags are dense integers, so their low bits spread them evenly and
 * neighbors share a cache line: open addressing, without a hash.
 */
export class TagCounts {
  /** `tag + 1`, or 0 for an empty place. */
  #tags = new Int32Array(8);
  #counts = new Int32Array(8);
  /** Tags that have a count. */
  size = 0;

  has(tag: number): boolean {
    return this.#tags[this.#placeOf(tag)] !== 0;
  }

  /** Adds a change to the count of a tag. A tag without a count is removed. */
  count(tag: number, change: 1 | -1): void {
    let place = this.#placeOf(tag);
    if (this.#tags[place] === 0) {
      if (change < 0) return;
      if (this.size * 4 >= this.#tags.length * 3) {
        this.#double();
        place = this.#placeOf(tag);
      }
      this.#tags[place] = tag + 1;
      this.size += 1;
    }
    this.#counts[place]! += change;
    if (this.#counts[place] === 0) this.#remove(place);
  }

  /** Empties a place, and moves the tags that follow closer to their own places, so that no search ends at the gap. */
  #remove(gap: number): void {
    const mask = this.#tags.length - 1;
    let place = gap;
    this.size -= 1;
    this.#tags[place] = 0;
    for (let next = (place + 1) & mask; this.#tags[next] !== 0; next = (next + 1) & mask) {
      const distance = (next - (this.#tags[next]! - 1)) & mask;
      if (((next - place) & mask) > distance) continue;
      this.#tags[place] = this.#tags[next]!;
      this.#counts[place] = this.#counts[next]!;
      this.#tags[next] = 0;
      this.#counts[next] = 0;
      place = next;
    }
  }

  /** Returns at most `max` of the tags, in no order that means anything. */
  examples(max: number): number[] {
    const examples: number[] = [];
    for (const entry of this.#tags) {
      if (examples.length === max) break;
      if (entry !== 0) examples.push(entry - 1);
    }
    return examples;
  }

  /** Returns the place of a tag, or the empty one where it belongs. */
  #placeOf(tag: number): number {
    const tags = this.#tags;
    const mask = tags.length - 1;
    let place = tag & mask;
    while (tags[place] !== 0 && tags[place] !== tag + 1) place = (place + 1) & mask;
    return place;
  }

  #double(): void {
    const tags = this.#tags;
    const counts = this.#counts;
    this.#tags = new Int32Array(tags.length * 2);
    this.#counts = new Int32Array(tags.length * 2);
    for (let i = 0; i < tags.length; i += 1) {
      if (tags[i] === 0) continue;
      const place = this.#placeOf(tags[i]! - 1);
      this.#tags[place] = tags[i]!;
      this.#counts[place] = counts[i]!;
    }
  }
}
