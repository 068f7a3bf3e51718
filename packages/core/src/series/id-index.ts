/** The share of buckets in use at which the index is rebuilt. */
const MAX_LOAD = 0.75;
const MIN_BUCKETS = 32;

/** The owner of the ids in an index. */
export interface IndexedIds {
  /** How many ids are in use. */
  readonly size: number;
  /** One more than the greatest id ever used. */
  readonly bound: number;
  /** Returns true if the id is in use. */
  has(id: number): boolean;
  /** Returns the hash of an id in use, as an integer of 32 bits. */
  hashOf(id: number): number;
}

/**
 * Finds dense ids by the hash of their content, with open addressing and linear probing. A bucket holds an id and as many
 * bits of its hash as fit next to it, so a search seldom compares any content. A search is
 *
 * ```ts
 * for (let id = index.first(hash); id >= 0; id = index.next(hash)) if (isEqual(id)) return id;
 * ```
 *
 * A removed id stays in its bucket until the next rebuild; the search compares it and finds it unequal.
 */
export class IdIndex {
  readonly #owner: IndexedIds;
  /** The hash in the high bits and `id + 1` in the low ones, or 0 for an empty bucket. */
  #buckets = new Int32Array(MIN_BUCKETS);
  #idBits = bitsFor(MIN_BUCKETS);
  #used = 0;
  /** The bucket at which the last search stopped. */
  #bucket = 0;

  constructor(owner: IndexedIds) {
    this.#owner = owner;
  }

  /** Starts a search. Returns an id that may have this hash, or -1 if there is none. */
  first(hash: number): number {
    // Scaled to the number of buckets, which is not a power of two: that could be twice as many as are needed.
    return this.next(hash, Math.floor(((hash >>> 0) / 2 ** 32) * this.#buckets.length));
  }

  /** Continues the search. Returns another id that may have this hash, or -1 if there is none left. */
  next(hash: number, from: number = this.#bucket + 1): number {
    const buckets = this.#buckets;
    const idBits = this.#idBits;
    const hashBits = hash << idBits;
    for (let bucket = from; ; bucket += 1) {
      if (bucket === buckets.length) bucket = 0;
      const entry = buckets[bucket]!;
      if (entry !== 0 && (entry ^ hashBits) >> idBits !== 0) continue;
      this.#bucket = bucket;
      return (entry & ((1 << idBits) - 1)) - 1;
    }
  }

  /** Adds an id that is in use and that no search finds yet. */
  add(id: number, hash: number): void {
    if (this.#used >= this.#buckets.length * MAX_LOAD || id + 1 >= 1 << this.#idBits) return this.#rebuild();
    // The bucket may still hold this id, with an earlier content.
    for (let held = this.first(hash); held >= 0 && held !== id; ) held = this.next(hash);
    if (this.#buckets[this.#bucket] === 0) this.#used += 1;
    this.#buckets[this.#bucket] = (hash << this.#idBits) | (id + 1);
  }

  /** Drops the buckets of removed ids, with room to make the next rebuild rare. */
  #rebuild(): void {
    const { size, bound } = this.#owner;
    this.#buckets = new Int32Array(Math.max(MIN_BUCKETS, Math.ceil((size * 1.5) / MAX_LOAD)));
    this.#idBits = bitsFor(Math.max(bound, this.#buckets.length));
    this.#used = 0;
    for (let id = 0; id < bound; id += 1) if (this.#owner.has(id)) this.add(id, this.#owner.hashOf(id));
  }
}

/** Returns how many bits hold any number up to `count + 1`. */
function bitsFor(count: number): number {
  return 32 - Math.clz32(count + 1);
}
