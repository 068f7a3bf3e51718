/**
 * Strings and rows of integers as small integers: what keeps a series at tens of bytes.
 *
 * A metric name or a tag is acquired once and is an integer from then on; a series is a row of such integers, found again
 * by hashing the integers, never by building a string. Used by the facade and by backends that keep many series.
 */

/** Strings with a reference count, each known by a dense integer that is reused after the last release. */
export class Interner {
  readonly #ids = new Map<string, number>();
  readonly #texts: (string | undefined)[] = [];
  readonly #references: number[] = [];
  readonly #free: number[] = [];

  get size(): number {
    return this.#ids.size;
  }

  /** The id of `text`, with one more reference to it. The text is copied, so a slice does not keep its parent alive. */
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

  /** Gives one reference back. Answers whether it was the last, so that the id may come back for another text. */
  release(id: number): boolean {
    if ((this.#references[id]! -= 1) > 0) return false;
    this.#ids.delete(this.#texts[id]!);
    this.#texts[id] = undefined;
    this.#free.push(id);
    return true;
  }

  find(text: string): number | undefined {
    return this.#ids.get(text);
  }

  text(id: number): string {
    return this.#texts[id]!;
  }
}

/** The share of buckets in use at which there must be more. */
const FULL = 0.75;

/** Rows of integers, each known by a dense integer that is reused after it was removed. Equal rows are one row. */
export class RowTable {
  /** Where a row starts in `#cells`: its length, then its integers. Minus one where the id is free. */
  #starts = new Int32Array(16).fill(-1);
  #cells = new Int32Array(64);
  #cellsUsed = 0;
  /** Per row length, the start of the first free stretch; each holds the start of the next. Minus one ends the list. */
  readonly #freeStretches: number[] = [];
  readonly #freeIds: number[] = [];
  #nextId = 0;
  /** Open addressing, linear probing, at most {@link FULL}: id + 1, or 0 for empty. A removed row's stays until a rehash. */
  #buckets = new Int32Array(32);
  #bucketsUsed = 0;

  get size(): number {
    return this.#nextId - this.#freeIds.length;
  }

  /** One more than the greatest id ever given: the length a column needs. */
  get bound(): number {
    return this.#nextId;
  }

  has(id: number): boolean {
    return id < this.#nextId && this.#starts[id]! >= 0;
  }

  length(id: number): number {
    return this.#cells[this.#starts[id]!]!;
  }

  /** The integer at `index` of row `id`. */
  at(id: number, index: number): number {
    return this.#cells[this.#starts[id]! + 1 + index]!;
  }

  /** The id of the row, or -1. */
  find(row: readonly number[]): number {
    return this.#buckets[this.#bucketOf(row, 0, row.length)]! - 1;
  }

  /** Adds a row that {@link find} does not know. */
  insert(row: readonly number[]): number {
    if (this.#bucketsUsed >= this.#buckets.length * FULL) this.#rehash();
    const id = this.#freeIds.pop() ?? this.#nextId++;
    if (id >= this.#starts.length) this.#starts = grow(this.#starts, -1);
    const start = this.#allocate(row.length);
    this.#starts[id] = start;
    this.#cells[start] = row.length;
    this.#cells.set(row, start + 1);
    this.#enter(id);
    return id;
  }

  remove(id: number): void {
    const start = this.#starts[id]!;
    const length = this.#cells[start]!;
    this.#cells[start + 1] = this.#freeStretches[length] ?? -1;
    this.#freeStretches[length] = start;
    this.#starts[id] = -1;
    this.#freeIds.push(id);
  }

  /** A stretch of `length` integers behind its length, with room for at least one: a free one links to the next. */
  #allocate(length: number): number {
    const free = this.#freeStretches[length] ?? -1;
    if (free >= 0) {
      this.#freeStretches[length] = this.#cells[free + 1]!;
      return free;
    }
    const start = this.#cellsUsed;
    this.#cellsUsed += 1 + Math.max(length, 1);
    while (this.#cellsUsed > this.#cells.length) this.#cells = grow(this.#cells);
    return start;
  }

  /** The bucket that holds an equal row, or the empty one where it belongs. The row is `length` integers of `cells`. */
  #bucketOf(cells: ArrayLike<number>, from: number, length: number): number {
    const buckets = this.#buckets;
    let hash = length;
    for (let i = 0; i < length; i += 1) {
      hash = Math.imul(hash ^ cells[from + i]!, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    // Scaled to the number of buckets, which is no power of two: that could be twice as many as are needed.
    let bucket = Math.floor((((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32) * buckets.length);
    for (let held = buckets[bucket]!; held !== 0; held = buckets[bucket]!) {
      if (this.#equals(this.#starts[held - 1]!, cells, from, length)) return bucket;
      bucket = bucket + 1 === buckets.length ? 0 : bucket + 1;
    }
    return bucket;
  }

  #equals(start: number, cells: ArrayLike<number>, from: number, length: number): boolean {
    if (start < 0 || this.#cells[start] !== length) return false;
    for (let i = 0; i < length; i += 1) if (this.#cells[start + 1 + i] !== cells[from + i]) return false;
    return true;
  }

  /** Makes a row findable. Its id may stand in the very bucket already, from a row before. */
  #enter(id: number): void {
    const bucket = this.#bucketOf(this.#cells, this.#starts[id]! + 1, this.length(id));
    if (this.#buckets[bucket] === 0) this.#bucketsUsed += 1;
    this.#buckets[bucket] = id + 1;
  }

  /** Leaves out the buckets of removed rows, and makes so many that it is rare. */
  #rehash(): void {
    this.#buckets = new Int32Array(Math.max(32, Math.ceil((this.size * 1.5) / FULL)));
    this.#bucketsUsed = 0;
    for (let id = 0; id < this.#nextId; id += 1) if (this.has(id)) this.#enter(id);
  }
}

/** A copy an eighth longer, its new part filled with `fill`. Doubling would leave up to half of a large column unused. */
export function grow<T extends Int32Array | Float64Array | Uint8Array | Uint32Array>(column: T, fill = 0): T {
  const copy = new (column.constructor as new (length: number) => T)(Math.ceil(column.length * 1.125));
  copy.set(column);
  if (fill !== 0) copy.fill(fill, column.length);
  return copy;
}

/** A copy without the parent that a sliced string keeps alive; engines offer no direct way, and slice from 13 characters. */
export function flatCopy(text: string): string {
  return text.length < 13 ? text : (JSON.parse(JSON.stringify(text)) as string);
}
