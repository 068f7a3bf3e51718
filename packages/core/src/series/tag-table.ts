import { IdIndex, type IndexedIds } from './id-index.js';
import { grow } from './interning.js';

/**
 * Tags as dense integers: each pair of a key and a value that a series has is one tag, known by its integer while it is
 * referenced. Keys are integers, too, while a tag has them.
 */
export class TagTable implements IndexedIds {
  readonly #keyIds = new Map<string, number>();
  readonly #keys: string[] = [];
  /** By key: how many tags have it. */
  readonly #tagsOfKey: number[] = [];
  readonly #freeKeys: number[] = [];
  /** By tag: its key's id, or -1 if the tag is free. */
  #keyOf = new Int32Array(16);
  #references = new Int32Array(16);
  readonly #values: string[] = [];
  readonly #free: number[] = [];
  readonly #index = new IdIndex(this);

  get size(): number {
    return this.#values.length - this.#free.length;
  }

  get bound(): number {
    return this.#values.length;
  }

  has(tag: number): boolean {
    return this.#keyOf[tag]! >= 0;
  }

  hashOf(tag: number): number {
    return hashTag(this.#keyOf[tag]!, this.#values[tag]!);
  }

  key(tag: number): string {
    return this.#keys[this.#keyOf[tag]!]!;
  }

  value(tag: number): string {
    return this.#values[tag]!;
  }

  /** Returns the tag, or -1 if no series has it. */
  find(key: string, value: string): number {
    const keyId = this.#keyIds.get(key);
    if (keyId === undefined) return -1;
    const index = this.#index;
    const hash = hashTag(keyId, value);
    for (let tag = index.first(hash); tag >= 0; tag = index.next(hash))
      if (this.#keyOf[tag] === keyId && this.#values[tag] === value) return tag;
    return -1;
  }

  /** Returns the tag with one more reference. Keeps both strings: pass copies if they are slices of longer ones. */
  acquire(key: string, value: string): number {
    const known = this.find(key, value);
    if (known >= 0) {
      this.#references[known]! += 1;
      return known;
    }
    let keyId = this.#keyIds.get(key);
    if (keyId === undefined) {
      keyId = this.#freeKeys.pop() ?? this.#keys.length;
      this.#keys[keyId] = key;
      this.#tagsOfKey[keyId] = 0;
      this.#keyIds.set(key, keyId);
    }
    const tag = this.#free.pop() ?? this.#values.length;
    if (tag >= this.#keyOf.length) {
      this.#keyOf = grow(this.#keyOf);
      this.#references = grow(this.#references);
    }
    this.#keyOf[tag] = keyId;
    this.#tagsOfKey[keyId]! += 1;
    this.#values[tag] = value;
    this.#references[tag] = 1;
    this.#index.add(tag, hashTag(keyId, value));
    return tag;
  }

  retain(tag: number): void {
    this.#references[tag]! += 1;
  }

  release(tag: number): void {
    if ((this.#references[tag]! -= 1) > 0) return;
    const keyId = this.#keyOf[tag]!;
    this.#keyOf[tag] = -1;
    this.#values[tag] = '';
    this.#free.push(tag);
    if ((this.#tagsOfKey[keyId]! -= 1) > 0) return;
    this.#keyIds.delete(this.#keys[keyId]!);
    this.#keys[keyId] = '';
    this.#freeKeys.push(keyId);
  }
}

function hashTag(keyId: number, value: string): number {
  let hash = keyId + 1;
  for (let i = 0; i < value.length; i += 1) hash = Math.imul(hash ^ value.charCodeAt(i), 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
