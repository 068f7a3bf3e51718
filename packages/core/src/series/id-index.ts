/** The share of buckets in use at which the index is rebuilt. */
const MAX_LOAD = 0.75;
const MIN_BUCKETS = 32;

/** The owner of the ids in an index. */
export interface IndexedIds {
  /** How many ids are in use. */
  readonly size: number;
  /** One more than the greatest id ever used. */
  readonly bound: number;
  has(id: number): boolean;
  /** Returns the hash of an id in use, as an integer of 32 bits. */
  hashOf(id: number): number;
}

/**
 * Finds dense ids by the hash of their content, with open addressing and linear probing. A bucket holds an id and as many
 * bits of its hash as fit next to it, so a search seldom compares any content. A search is
 *
 * ```ts
 * let bucket = index.first(hash);
 * for (let id = index.idAt(bucket); id >= 0; id = index.idAt((bucket = index.next(bucket, hash))))
 *   if (isEqual(id)) return id;
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

  constructor(owner: IndexedIds) {
    this.#owner = owner;
  }

  /** Returns the first bucket that may hold an id of this hash, or an empty one. */
  first(hash: number): number {
    // Scaled to the number of buckets, which is not a power of two: that could be twice as many as are needed.
    return this.#probe(Math.floor(((hash >>> 0) / 2 ** 32) * this.#buckets.length), hash);
  }

  /** Returns the bucket that follows, under the same condition. */
  next(bucket: number, hash: number): number {
    return this.#probe(bucket + 1 === this.#buckets.length ? 0 : bucket + 1, hash);
  }

  /** Returns the id in a bucket, or -1 if the bucket is empty. */
  idAt(bucket: number): number {
    return (this.#buckets[bucket]! & ((1 << this.#idBits) - 1)) - 1;
  }

  /** Adds an id that is in use and that no search finds yet. */
  add(id: number, hash: number): void {
    if (this.#used >= this.#buckets.length * MAX_LOAD || id + 1 >= 1 << this.#idBits) this.#rebuild();
    else this.#enter(id, hash);
  }

  #probe(start: number, hash: number): number {
    const buckets = this.#buckets;
    const idBits = this.#idBits;
    const hashBits = hash << idBits;
    let bucket = start;
    for (let entry = buckets[bucket]!; entry !== 0; entry = buckets[bucket]!) {
      if ((entry ^ hashBits) >> idBits === 0) return bucket;
      bucket = bucket + 1 === buckets.length ? 0 : bucket + 1;
    }
    return bucket;
  }

  #enter(id: number, hash: number): void {
    let bucket = this.first(hash);
    // The bucket may still hold this id, with an earlier content.
    for (let held = this.idAt(bucket); held >= 0 && held !== id; held = this.idAt(bucket))
      bucket = this.next(bucket, hash);
    if (this.#buckets[bucket] === 0) this.#used += 1;
    this.#buckets[bucket] = (hash << this.#idBits) | (id + 1);
  }

  /** Drops the buckets of removed ids, with room to make the next rebuild rare. */
  #rebuild(): void {
    const { size, bound } = this.#owner;
    this.#buckets = new Int32Array(Math.max(MIN_BUCKETS, Math.ceil((size * 1.5) / MAX_LOAD)));
    this.#idBits = bitsFor(Math.max(bound, this.#buckets.length));
    this.#used = 0;
    for (let id = 0; id < bound; id += 1) if (this.#owner.has(id)) this.#enter(id, this.#owner.hashOf(id));
  }
}

/** Returns how many bits hold any number up to `count + 1`. */
function bitsFor(count: number): number {
  return 32 - Math.clz32(count + 1);
}
