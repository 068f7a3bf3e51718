import { Interner } from '@metrics/core/backend';

/** The strings that lines consist of, each encoded once and identified by an integer while it is in use. */
export class Fragments {
  readonly #interner = new Interner();
  readonly #bytes: (Uint8Array | undefined)[] = [];

  /** Returns the fragment of a string, with one more reference to it. */
  acquire(text: string): number {
    const fragment = this.#interner.acquire(text);
    // A fragment is reused for another string after its last release.
    this.#bytes[fragment] ??= encodeUtf8(text);
    return fragment;
  }

  release(fragment: number): void {
    if (this.#interner.release(fragment)) this.#bytes[fragment] = undefined;
  }

  bytes(fragment: number): Uint8Array {
    return this.#bytes[fragment]!;
  }
}

/** Encodes an ASCII string in its own array: a pooled Buffer would keep the memory around it alive. */
export function encodeAscii(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes;
}

const encoder = new TextEncoder();

/** Encodes a string in its own array, which is on the heap if it is small; an array of TextEncoder never is. */
export function encodeUtf8(text: string): Uint8Array {
  const length = Buffer.byteLength(text);
  if (length === text.length) return encodeAscii(text);
  const bytes = new Uint8Array(length);
  encoder.encodeInto(text, bytes);
  return bytes;
}
