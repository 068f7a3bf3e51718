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

  /** The number of distinct strings that have references. */
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

  /** Adds a reference to an id that has references. */
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

/** A longer column than this grows by a fifth: doubling would leave up to half of it unused. */
const MAX_DOUBLED_LENGTH = 16_384;

/** Returns a longer copy of a column, padded with `fill`. */
export function grow<T extends Int32Array | Float64Array | Uint8Array | Uint32Array>(column: T, fill = 0): T {
  const factor = column.length < MAX_DOUBLED_LENGTH ? 2 : 1.2;
  const copy = new (column.constructor as new (length: number) => T)(Math.ceil(column.length * factor));
  copy.set(column);
  if (fill !== 0) copy.fill(fill, column.length);
  return copy;
}

/** Returns a copy that keeps no parent string alive. V8 shares the parent of slices from 13 characters on, and offers no direct way. */
export function flatCopy(text: string): string {
  return text.length < 13 ? text : [text.slice(0, 1), text.slice(1)].join('');
}
