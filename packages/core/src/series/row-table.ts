import { IdIndex, type IndexedIds } from './id-index.js';
import { grow } from './interning.js';

/** Rows of integers, each known by a dense integer that is reused after it was removed. Equal rows are one row. */
export class RowTable implements IndexedIds {
  /** By id, the index in `#cells` of a row: its length, then its integers. Minus one if the id is free. */
  #starts = new Int32Array(16).fill(-1);
  #cells = new Int32Array(64);
  #cellsUsed = 0;
  /** By row length, the start of the first free block; each holds the start of the next. Minus one ends the list. */
  readonly #freeBlocks: number[] = [];
  readonly #freeIds: number[] = [];
  #nextId = 0;
  readonly #index = new IdIndex(this);

  /** The number of rows. */
  get size(): number {
    return this.#nextId - this.#freeIds.length;
  }

  /** One more than the greatest id ever used: the length a column needs. */
  get bound(): number {
    return this.#nextId;
  }

  /** Returns true if a row has this id. */
  has(id: number): boolean {
    return this.#starts[id]! >= 0;
  }

  /** Returns the number of integers of row `id`, which must exist. */
  length(id: number): number {
    return this.#cells[this.#starts[id]!]!;
  }

  /** Returns the integer at `index` of row `id`. */
  at(id: number, index: number): number {
    return this.#cells[this.#starts[id]! + 1 + index]!;
  }

  hashOf(id: number): number {
    const start = this.#starts[id]!;
    return hashCells(this.#cells, start + 1, this.#cells[start]!);
  }

  /** Returns the id of the row that the first `length` integers of `row` are, or -1. */
  find(row: ArrayLike<number>, length: number = row.length): number {
    const index = this.#index;
    const hash = hashCells(row, 0, length);
    for (let id = index.first(hash); id >= 0; id = index.next(hash))
      if (this.#equals(this.#starts[id]!, row, length)) return id;
    return -1;
  }

  /** Adds a row that {@link find} does not know, and returns its id. */
  insert(row: ArrayLike<number>, length: number = row.length): number {
    const id = this.#freeIds.pop() ?? this.#nextId++;
    if (id >= this.#starts.length) this.#starts = grow(this.#starts, -1);
    let start = this.#freeBlocks[length] ?? -1;
    if (start >= 0) this.#freeBlocks[length] = this.#cells[start + 1]!;
    else {
      start = this.#cellsUsed;
      // Room for at least one integer: a free block links to the next.
      this.#cellsUsed += 1 + Math.max(length, 1);
      while (this.#cellsUsed > this.#cells.length) this.#cells = grow(this.#cells);
    }
    this.#starts[id] = start;
    const cells = this.#cells;
    cells[start] = length;
    for (let i = 0; i < length; i += 1) cells[start + 1 + i] = row[i]!;
    this.#index.add(id, hashCells(cells, start + 1, length));
    return id;
  }

  /** Removes row `id`, which must exist. The id may then be reused for another row. */
  remove(id: number): void {
    const start = this.#starts[id]!;
    const length = this.#cells[start]!;
    this.#cells[start + 1] = this.#freeBlocks[length] ?? -1;
    this.#freeBlocks[length] = start;
    this.#starts[id] = -1;
    this.#freeIds.push(id);
  }

  #equals(start: number, row: ArrayLike<number>, length: number): boolean {
    const cells = this.#cells;
    if (start < 0 || cells[start] !== length) return false;
    for (let i = 0; i < length; i += 1) if (cells[start + 1 + i] !== row[i]) return false;
    return true;
  }
}

function hashCells(cells: ArrayLike<number>, from: number, length: number): number {
  let hash = length;
  for (let i = 0; i < length; i += 1) {
    hash = Math.imul(hash ^ cells[from + i]!, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
