// Represents strings, and rows of integers, by small integers, which keeps a series at tens of bytes.
//
// A metric name or a tag is interned once. A series is a row of such integers and is found by hashing the integers, never by
// building a string. The facade and backends with many series use it.

/** Strings with a reference count, each identified by a dense integer that is reused after the last release. */
export class Interner {
  readonly #ids = new Map<string, number>();
  readonly #texts: (string | undefined)[] = [];
  readonly #references: number[] = [];
  readonly #free: number[] = [];

  get size(): number {
    return this.#ids.size;
  }

  /** Returns the id of a string and adds a reference. Stores a copy, so that a slice does not keep its parent alive. */
  acquire(text: string): number {
    const known = this.#ids.get(text);
    if (known !== undefined) {
      this.#references[known]! += 1;
      return known;
    }
    const id = this.#free.pop() ?? this.#texts.length;
    const owned = flatCopy(text);
    this.#ids.set(owned, id);
    this.#texts[id] = owned;
    this.#references[id] = 1;
    return id;
  }

  retain(id: number): void {
    this.#references[id]! += 1;
  }

  /** Removes a reference. Returns true if it was the last: the id may then be reused for another string. */
  release(id: number): boolean {
    if ((this.#references[id]! -= 1) > 0) return false;
    this.#ids.delete(this.#texts[id]!);
    this.#texts[id] = undefined;
    this.#free.push(id);
    return true;
  }

  /** Returns the id of a string that has references. */
  find(text: string): number | undefined {
    return this.#ids.get(text);
  }

  /** Returns the string of an id that has references. */
  text(id: number): string {
    return this.#texts[id]!;
  }
}

/** The share of used buckets that makes the table grow. */
const MAX_LOAD = 0.75;

/** Distinct rows of integers, each identified by a dense integer that is reused after the row is removed. */
export class RowTable {
  /** By id, the index in `#cells` of a row's length, which its integers follow; -1 if the id is free. */
  #starts = new Int32Array(16).fill(-1);
  #cells = new Int32Array(64);
  #cellsUsed = 0;
  /** By row length, the start of the first free block. Each free block links to the next one; -1 ends the list. */
  readonly #freeBlocks: number[] = [];
  readonly #freeIds: number[] = [];
  #nextId = 0;
  /** A hash table with linear probing: id + 1, or 0 if empty. Buckets of removed rows stay until a rehash. */
  #buckets = new Int32Array(32);
  #bucketsUsed = 0;

  get size(): number {
    return this.#nextId - this.#freeIds.length;
  }

  /** One more than the largest id ever used: the length that a column needs. */
  get bound(): number {
    return this.#nextId;
  }

  has(id: number): boolean {
    return id < this.#nextId && this.#starts[id]! >= 0;
  }

  length(id: number): number {
    return this.#cells[this.#starts[id]!]!;
  }

  /** Returns the integer at `index` of a row. */
  at(id: number, index: number): number {
    return this.#cells[this.#starts[id]! + 1 + index]!;
  }

  /** Returns the id of the row, or -1. */
  find(row: readonly number[]): number {
    return this.#buckets[this.#bucketOf(row, 0, row.length)]! - 1;
  }

  /** Adds a row for which {@link find} returns -1, and returns its id. */
  insert(row: readonly number[]): number {
    if (this.#bucketsUsed >= this.#buckets.length * MAX_LOAD) this.#rehash();
    const id = this.#freeIds.pop() ?? this.#nextId++;
    if (id >= this.#starts.length) this.#starts = grow(this.#starts, -1);
    const start = this.#allocate(row.length);
    this.#starts[id] = start;
    this.#cells[start] = row.length;
    this.#cells.set(row, start + 1);
    this.#addToBuckets(id);
    return id;
  }

  remove(id: number): void {
    const start = this.#starts[id]!;
    const length = this.#cells[start]!;
    this.#cells[start + 1] = this.#freeBlocks[length] ?? -1;
    this.#freeBlocks[length] = start;
    this.#starts[id] = -1;
    this.#freeIds.push(id);
  }

  /** Returns the start of a block for `length` integers after their count; it has room for one at least, as a free block's link. */
  #allocate(length: number): number {
    const free = this.#freeBlocks[length] ?? -1;
    if (free >= 0) {
      this.#freeBlocks[length] = this.#cells[free + 1]!;
      return free;
    }
    const start = this.#cellsUsed;
    this.#cellsUsed += 1 + Math.max(length, 1);
    while (this.#cellsUsed > this.#cells.length) this.#cells = grow(this.#cells);
    return start;
  }

  /** Returns the bucket of an equal row, or the empty one to use for it. The row is `length` integers of `cells`. */
  #bucketOf(cells: ArrayLike<number>, from: number, length: number): number {
    const buckets = this.#buckets;
    let hash = length;
    for (let i = 0; i < length; i += 1) {
      hash = Math.imul(hash ^ cells[from + i]!, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    // Scales the hash to the number of buckets, which is not a power of two: that could be twice what is needed.
    let bucket = Math.floor((((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32) * buckets.length);
    for (let entry = buckets[bucket]!; entry !== 0; entry = buckets[bucket]!) {
      if (this.#equals(this.#starts[entry - 1]!, cells, from, length)) return bucket;
      bucket = bucket + 1 === buckets.length ? 0 : bucket + 1;
    }
    return bucket;
  }

  #equals(start: number, cells: ArrayLike<number>, from: number, length: number): boolean {
    if (start < 0 || this.#cells[start] !== length) return false;
    for (let i = 0; i < length; i += 1) if (this.#cells[start + 1 + i] !== cells[from + i]) return false;
    return true;
  }

  /** Makes a row findable. The bucket may still hold this id from a removed row. */
  #addToBuckets(id: number): void {
    const bucket = this.#bucketOf(this.#cells, this.#starts[id]! + 1, this.length(id));
    if (this.#buckets[bucket] === 0) this.#bucketsUsed += 1;
    this.#buckets[bucket] = id + 1;
  }

  /** Rebuilds the buckets without removed rows, with room to make the next rehash rare. */
  #rehash(): void {
    this.#buckets = new Int32Array(Math.max(32, Math.ceil((this.size * 1.5) / MAX_LOAD)));
    this.#bucketsUsed = 0;
    for (let id = 0; id < this.#nextId; id += 1) if (this.has(id)) this.#addToBuckets(id);
  }
}

/** Returns a copy an eighth longer, padded with `fill`. Doubling would leave up to half of a large column unused. */
export function grow<T extends Int32Array | Float64Array | Uint8Array | Uint32Array>(column: T, fill = 0): T {
  const copy = new (column.constructor as new (length: number) => T)(Math.ceil(column.length * 1.125));
  copy.set(column);
  if (fill !== 0) copy.fill(fill, column.length);
  return copy;
}

/** Returns a copy that keeps no parent string alive. V8 shares the parent of slices from 13 characters on, and offers no direct way. */
export function flatCopy(text: string): string {
  return text.length < 13 ? text : (JSON.parse(JSON.stringify(text)) as string);
}
