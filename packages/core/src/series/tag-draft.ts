import { INSTANCE_KEY } from './series-result.js';
import type { TagTable } from './tag-table.js';
import { MAX_VALUE_LENGTH, normalizeValue, type TagValue } from './tags.js';

/** Values of a tag that a call's value is compared with; see {@link TagDraft.ignored}. */
export interface KeptValues {
  has(value: string): boolean;
}

/** Normalized tags: keys ascend, and each column is read up to {@link count}. */
export interface DraftedTags {
  readonly keys: readonly string[];
  readonly values: readonly string[];
  /** The integer of each tag in the table, or -1 if no series has it. */
  readonly tags: readonly number[];
  readonly count: number;
}

/** Returns normalized tags as pairs, without the instance, which comes first: no other key is empty. */
export function tagPairs({ keys, values, count }: DraftedTags): [key: string, value: string][] {
  const first = count > 0 && keys[0] === INSTANCE_KEY ? 1 : 0;
  // oxlint-disable-next-line unicorn/no-new-array -- one that grows by `push` takes room for 17 pairs
  const pairs = new Array<[string, string]>(count - first);
  for (let i = first; i < count; i += 1) pairs[i - first] = [keys[i]!, values[i]!];
  return pairs;
}

/**
 * The tags of one call on their way to a series: as they were written, and normalized, by ascending keys. A draft is reused
 * for call after call, so that a new series allocates little more than its strings.
 */
export class TagDraft implements DraftedTags {
  /** The tags as written, in the order they were written. */
  readonly rawKeys: string[] = [];
  readonly rawValues: unknown[] = [];
  rawCount = 0;

  readonly keys: string[] = [];
  readonly values: string[] = [];
  readonly tags: number[] = [];
  count = 0;

  /**
   * Tags whose value does not decide on the series: with kept values, unless the value is among them. Undefined if there
   * are none.
   */
  ignored: Map<string, KeptValues | undefined> | undefined;

  /** Removes all tags, so that the draft keeps none of the caller's values alive. */
  clear(): void {
    for (let i = 0; i < this.rawCount; i += 1) this.rawValues[i] = undefined;
    this.rawCount = 0;
    this.count = 0;
    this.ignored = undefined;
  }

  /** Adds a tag as it was written, which the series does not get: its value is absent or it was not declared. */
  addRaw(key: string, value: unknown): void {
    this.rawKeys[this.rawCount] = key;
    this.rawValues[this.rawCount] = value;
    this.rawCount += 1;
  }

  /** Adds a tag as it was written, and its normalized form. A later value of a key replaces an earlier one. */
  add(key: string, value: TagValue, table: TagTable): void {
    this.rawKeys[this.rawCount] = key;
    this.rawValues[this.rawCount] = value;
    this.rawCount += 1;
    const text = typeof value === 'string' ? value : String(value);
    // A tag that some series has was normalized when it came first.
    const isShort = key.length <= MAX_VALUE_LENGTH && text.length <= MAX_VALUE_LENGTH;
    const known = isShort ? table.find(key, text) : -1;
    if (known >= 0) return this.#set(key, table.value(known), known);
    const normalizedKey = normalizeValue(key);
    const normalized = normalizeValue(text);
    const isNew = isShort && normalizedKey === key && normalized === text;
    this.#set(normalizedKey, normalized, isNew ? -1 : table.find(normalizedKey, normalized));
  }

  /** Sets a tag that is normalized. */
  set(key: string, value: string, table: TagTable): void {
    this.#set(key, value, table.find(key, value));
  }

  /** Sorts the tags as written by their keys: with too many ways of writing the same tags, only this one is remembered. */
  sortRaw(): void {
    const pairs = this.rawKeys.slice(0, this.rawCount).map((key, index) => [key, this.rawValues[index]] as const);
    pairs.sort(([one], [other]) => (one < other ? -1 : 1));
    for (const [index, [key, value]] of pairs.entries()) {
      this.rawKeys[index] = key;
      this.rawValues[index] = value;
    }
  }

  /** Gives the tag at an index another value. */
  replace(index: number, value: string, table: TagTable): void {
    this.values[index] = value;
    this.tags[index] = table.find(this.keys[index]!, value);
  }

  remove(index: number): void {
    this.count -= 1;
    for (let i = index; i < this.count; i += 1) {
      this.keys[i] = this.keys[i + 1]!;
      this.values[i] = this.values[i + 1]!;
      this.tags[i] = this.tags[i + 1]!;
    }
  }

  ignore(key: string, kept: KeptValues | undefined): void {
    (this.ignored ??= new Map()).set(key, kept);
  }

  #set(key: string, value: string, tag: number): void {
    const { keys, values, tags } = this;
    let at = this.count;
    while (at > 0 && keys[at - 1]! > key) at -= 1;
    if (at === 0 || keys[at - 1] !== key) {
      for (let i = this.count; i > at; i -= 1) {
        keys[i] = keys[i - 1]!;
        values[i] = values[i - 1]!;
        tags[i] = tags[i - 1]!;
      }
      this.count += 1;
      at += 1;
    }
    keys[at - 1] = key;
    values[at - 1] = value;
    tags[at - 1] = tag;
  }
}
