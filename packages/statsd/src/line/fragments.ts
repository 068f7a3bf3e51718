// jsdom has no such global.
import { TextEncoder } from 'node:util';
import { grow, IdIndex, type IndexedIds } from '@metrics/core/backend';

/** Bytes of released fragments at which the others move together. */
const MIN_GARBAGE = 4096;
/** A native copy costs more than this many stores. */
const MAX_LOOP_LENGTH = 32;

/**
 * The strings that lines consist of, each encoded once and known by a small integer while it is in use. All of them are
 * bytes in one array: an array for each would cost a hundred bytes a fragment.
 */
export class Fragments implements IndexedIds {
  #bytes = new Uint8Array(1024);
  #end = 0;
  /** Bytes before the end that belong to released fragments. */
  #garbage = 0;
  /** By fragment: where its bytes start, how many there are (-1 if it is free), how often it was acquired. */
  #starts = new Int32Array(16);
  #lengths = new Int32Array(16);
  #references = new Int32Array(16);
  readonly #free: number[] = [];
  #bound = 0;
  readonly #index = new IdIndex(this);

  get size(): number {
    return this.#bound - this.#free.length;
  }

  get bound(): number {
    return this.#bound;
  }

  has(fragment: number): boolean {
    return this.#lengths[fragment]! >= 0;
  }

  hashOf(fragment: number): number {
    return this.#hash(this.#starts[fragment]!, this.#lengths[fragment]!);
  }

  /** Returns the fragment of a string, with one more reference to it. */
  acquire(text: string): number {
    // Written where the next fragment starts: a new one is there already.
    const start = this.#end;
    const length = this.#encode(text);
    const hash = this.#hash(start, length);
    const index = this.#index;
    for (let known = index.first(hash); known >= 0; known = index.next(hash)) {
      if (!this.#equals(known, start, length)) continue;
      this.#references[known]! += 1;
      return known;
    }
    const fragment = this.#free.pop() ?? this.#bound++;
    if (fragment >= this.#starts.length) {
      this.#starts = grow(this.#starts);
      this.#lengths = grow(this.#lengths);
      this.#references = grow(this.#references);
    }
    this.#end = start + length;
    this.#starts[fragment] = start;
    this.#lengths[fragment] = length;
    this.#references[fragment] = 1;
    index.add(fragment, hash);
    return fragment;
  }

  release(fragment: number): void {
    if ((this.#references[fragment]! -= 1) > 0) return;
    this.#garbage += this.#lengths[fragment]!;
    this.#lengths[fragment] = -1;
    this.#free.push(fragment);
    if (this.#garbage > MIN_GARBAGE && this.#garbage > this.#end / 2) this.#compact();
  }

  /** Returns how many bytes a fragment has. */
  length(fragment: number): number {
    return this.#lengths[fragment]!;
  }

  /** Writes the bytes of a fragment to `target` and returns where they end. */
  write(fragment: number, target: Uint8Array, at: number): number {
    const bytes = this.#bytes;
    const start = this.#starts[fragment]!;
    const length = this.#lengths[fragment]!;
    if (length > MAX_LOOP_LENGTH) target.set(bytes.subarray(start, start + length), at);
    else for (let i = 0; i < length; i += 1) target[at + i] = bytes[start + i]!;
    return at + length;
  }

  /** Writes a string as UTF-8 after the last fragment and returns how many bytes it has. */
  #encode(text: string): number {
    const { length } = text;
    while (this.#end + 3 * length > this.#bytes.length) this.#bytes = grow(this.#bytes);
    const bytes = this.#bytes;
    const start = this.#end;
    for (let i = 0; i < length; i += 1) {
      const code = text.charCodeAt(i);
      if (code > 127) return encoder.encodeInto(text, bytes.subarray(start)).written;
      bytes[start + i] = code;
    }
    return length;
  }

  #hash(start: number, length: number): number {
    const bytes = this.#bytes;
    let hash = length;
    for (let i = start; i < start + length; i += 1) hash = Math.imul(hash ^ bytes[i]!, 0x9e3779b1);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    return hash ^ (hash >>> 13);
  }

  #equals(fragment: number, start: number, length: number): boolean {
    if (this.#lengths[fragment] !== length) return false;
    const bytes = this.#bytes;
    const known = this.#starts[fragment]!;
    for (let i = 0; i < length; i += 1) if (bytes[known + i] !== bytes[start + i]) return false;
    return true;
  }

  #compact(): void {
    const from = this.#bytes;
    const to = new Uint8Array(Math.max(1024, Math.ceil((this.#end - this.#garbage) * 1.125)));
    let end = 0;
    for (let fragment = 0; fragment < this.#bound; fragment += 1) {
      const length = this.#lengths[fragment]!;
      if (length < 0) continue;
      const start = this.#starts[fragment]!;
      to.set(from.subarray(start, start + length), end);
      this.#starts[fragment] = end;
      end += length;
    }
    this.#bytes = to;
    this.#end = end;
    this.#garbage = 0;
  }
}

const encoder = new TextEncoder();

/** Encodes an ASCII string in its own array: a pooled Buffer would keep the memory around it alive. */
export function encodeAscii(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Encodes a string in its own array, which is on the heap if it is small; an array of TextEncoder never is. */
export function encodeUtf8(text: string): Uint8Array {
  const length = Buffer.byteLength(text);
  if (length === text.length) return encodeAscii(text);
  const bytes = new Uint8Array(length);
  encoder.encodeInto(text, bytes);
  return bytes;
}
