import { Interner } from '@metrics/core/backend';

/** The texts that lines consist of, each encoded once and known by a small integer while it is in use. */
export class Fragments {
  readonly #interner = new Interner();
  readonly #bytes: (Uint8Array | undefined)[] = [];

  acquire(text: string): number {
    const fragment = this.#interner.acquire(text);
    // The id of a released text comes back for another one.
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

/** Text without any character beyond ASCII as bytes of its own: pooled Buffers would keep their neighbours alive. */
export function encodeAscii(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes;
}

const encoder = new TextEncoder();

/** Text as bytes of its own, in an array that is a part of the heap while it is small: the encoder's own would not be. */
export function encodeUtf8(text: string): Uint8Array {
  const length = Buffer.byteLength(text);
  if (length === text.length) return encodeAscii(text);
  const bytes = new Uint8Array(length);
  encoder.encodeInto(text, bytes);
  return bytes;
}
