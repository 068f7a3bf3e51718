// The parts of a line around its value.
import type { SlotTable } from '@metrics/aggregation';
import { encodeUtf8, type Fragments } from './fragments.js';
import type { TagEncoder } from './tag-encoder.js';

const COLON = 58;
const NEWLINE = 10;
const NO_BYTES = new Uint8Array(0);

export interface LineFrameOptions {
  readonly slots: SlotTable;
  readonly fragments: Fragments;
  readonly tagEncoder: TagEncoder;
  /** The end of every line, before its newline. */
  readonly lineSuffix: string;
}

/**
 * Writes the parts that all lines of a slot share: the prefix before the value, and the suffix after type and rate. Methods
 * that write return the index after the last byte.
 */
export class LineFrame {
  readonly #slots: SlotTable;
  readonly #fragments: Fragments;
  readonly #tagsInName: boolean;
  readonly #firstTag: Uint8Array;
  readonly #nextTag: Uint8Array;
  readonly #lineSuffix: Uint8Array;

  constructor({ slots, fragments, tagEncoder, lineSuffix }: LineFrameOptions) {
    this.#slots = slots;
    this.#fragments = fragments;
    this.#tagsInName = tagEncoder.tagsInName;
    this.#firstTag = encodeUtf8(tagEncoder.firstTag);
    this.#nextTag = encodeUtf8(tagEncoder.nextTag);
    this.#lineSuffix = encodeUtf8(lineSuffix);
  }

  /** Returns the bytes of prefix and suffix, colon and newline included. */
  length(slot: number): number {
    const count = this.#slots.fragmentCount(slot);
    let length = this.#lineSuffix.length + 2;
    if (count > 1) length += this.#firstTag.length + (count - 2) * this.#nextTag.length;
    for (let index = 0; index < count; index += 1) length += this.#fragments.length(this.#slots.fragment(slot, index));
    return length;
  }

  /** Writes the name, the tags if they are a part of it, and the colon. */
  writePrefix(slot: number, target: Uint8Array, start: number): number {
    let at = this.#fragments.write(this.#slots.fragment(slot, 0), target, start);
    if (this.#tagsInName) at = this.#writeTags(slot, target, at);
    target[at] = COLON;
    return at + 1;
  }

  /** Writes the tags unless they are a part of the name, a timestamp, the suffix of the dialect and the newline. */
  writeSuffix(slot: number, target: Uint8Array, start: number, timestamp: Uint8Array = NO_BYTES): number {
    let at = this.#tagsInName ? start : this.#writeTags(slot, target, start);
    at = copyBytes(this.#lineSuffix, target, copyBytes(timestamp, target, at));
    target[at] = NEWLINE;
    return at + 1;
  }

  #writeTags(slot: number, target: Uint8Array, start: number): number {
    const count = this.#slots.fragmentCount(slot);
    let at = start;
    for (let index = 1; index < count; index += 1) {
      at = copyBytes(index === 1 ? this.#firstTag : this.#nextTag, target, at);
      at = this.#fragments.write(this.#slots.fragment(slot, index), target, at);
    }
    return at;
  }
}

/** Copies bytes and returns the index after them. For a few bytes, stores are cheaper than a native copy. */
export function copyBytes(bytes: Uint8Array, target: Uint8Array, start: number): number {
  const { length } = bytes;
  if (length > 24) target.set(bytes, start);
  else for (let i = 0; i < length; i += 1) target[start + i] = bytes[i]!;
  return start + length;
}
