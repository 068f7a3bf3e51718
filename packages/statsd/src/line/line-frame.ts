import type { SlotTable } from '@metrics/aggregation';
import { encodeUtf8, type Fragments } from './fragments.js';
import type { TagEncoder } from './tag-encoder.js';

const COLON = 58;
const NEWLINE = 10;
const NOTHING = new Uint8Array(0);

export interface LinePartsOptions {
  readonly slots: SlotTable;
  readonly fragments: Fragments;
  readonly syntax: TagEncoder;
  /** Ends every line, before its newline. */
  readonly tail: string;
}

/** What the lines of a series have in common, before the value and behind the type, from fragments encoded once. */
export class LineParts {
  readonly #slots: SlotTable;
  readonly #fragments: Fragments;
  readonly #tagsInName: boolean;
  readonly #firstTag: Uint8Array;
  readonly #nextTag: Uint8Array;
  readonly #tail: Uint8Array;

  constructor(options: LinePartsOptions) {
    this.#slots = options.slots;
    this.#fragments = options.fragments;
    this.#tagsInName = options.syntax.tagsInName;
    this.#firstTag = encodeUtf8(options.syntax.firstTag);
    this.#nextTag = encodeUtf8(options.syntax.nextTag);
    this.#tail = encodeUtf8(options.tail);
  }

  /** Bytes of both parts, the colon and the newline. */
  length(slot: number): number {
    const count = this.#slots.fragmentCount(slot);
    let length = this.#tail.length + 2;
    if (count > 1) length += this.#firstTag.length + (count - 2) * this.#nextTag.length;
    for (let index = 0; index < count; index += 1) {
      length += this.#fragments.bytes(this.#slots.fragment(slot, index)).length;
    }
    return length;
  }

  /** The name and, where they belong to it, the tags, and the colon. Answers where it ends, as all that write do. */
  writeBegin(slot: number, target: Uint8Array, start: number): number {
    let at = put(this.#fragments.bytes(this.#slots.fragment(slot, 0)), target, start);
    if (this.#tagsInName) at = this.#writeTags(slot, target, at);
    target[at] = COLON;
    return at + 1;
  }

  /** @param time stands behind the tags. */
  writeEnd(slot: number, target: Uint8Array, start: number, time: Uint8Array = NOTHING): number {
    let at = this.#tagsInName ? start : this.#writeTags(slot, target, start);
    at = put(this.#tail, target, put(time, target, at));
    target[at] = NEWLINE;
    return at + 1;
  }

  #writeTags(slot: number, target: Uint8Array, start: number): number {
    const count = this.#slots.fragmentCount(slot);
    let at = start;
    for (let index = 1; index < count; index += 1) {
      at = put(index === 1 ? this.#firstTag : this.#nextTag, target, at);
      at = put(this.#fragments.bytes(this.#slots.fragment(slot, index)), target, at);
    }
    return at;
  }
}

/** Copies bytes and answers where they end. A native copy costs more than a few stores. */
export function put(bytes: Uint8Array, target: Uint8Array, start: number): number {
  const { length } = bytes;
  if (length > 24) target.set(bytes, start);
  else for (let i = 0; i < length; i += 1) target[start + i] = bytes[i]!;
  return start + length;
}
