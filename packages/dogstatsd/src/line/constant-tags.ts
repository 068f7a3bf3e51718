// Tags that every line carries.
import type { TagPairs } from '@metrics/core';
import { encodeTagKey, encodeTagValue } from './tag-text.js';

/** A tag of every series. A tag without a value is its key alone. */
export type ConstantTag = readonly [key: string, value: string | undefined];

/** The tags on every line, encoded once. A tag of a series replaces a constant one with the same key. */
export class ConstantTags {
  /** Encoded tags by encoded key. */
  readonly #tags = new Map<string, string>();
  readonly #joined: string;

  /** @param tags later ones win. */
  constructor(tags: readonly ConstantTag[]) {
    for (const [key, value] of tags) {
      // The configuration of a process may set the reserved keys of the Agent.
      const encodedKey = key.startsWith('dd.internal.')
        ? `dd.internal.${encodeTagKey(key.slice(12))}`
        : encodeTagKey(key);
      this.#tags.set(encodedKey, value === undefined ? encodedKey : `${encodedKey}:${encodeTagValue(value)}`);
    }
    this.#joined = [...this.#tags.values()].join(',');
  }

  /**
   * Encodes tags. The last string holds all constant tags.
   *
   * @param tags the tags of a series, an event or a service check.
   * @param onConflict called with each key that has another value as a constant tag.
   */
  encode(tags: TagPairs, onConflict: (key: string) => void): string[] {
    const encoded: string[] = [];
    let isUsual = true;
    for (const [key, value] of tags) {
      const encodedKey = encodeTagKey(key);
      // Two keys that are encoded alike are one tag, and a constant tag may be replaced.
      isUsual &&= encodedKey === key && (this.#tags.size === 0 || !this.#tags.has(key));
      encoded.push(`${encodedKey}:${encodeTagValue(value)}`);
    }
    if (!isUsual) return this.#encodeDistinct(tags, onConflict);
    if (this.#joined !== '') encoded.push(this.#joined);
    return encoded;
  }

  #encodeDistinct(tags: TagPairs, onConflict: (key: string) => void): string[] {
    const encoded = new Map<string, string>();
    for (const [key, value] of tags) {
      const encodedKey = encodeTagKey(key);
      const tag = `${encodedKey}:${encodeTagValue(value)}`;
      encoded.set(encodedKey, tag);
      const constant = this.#tags.get(encodedKey);
      if (constant !== undefined && constant !== tag) onConflict(encodedKey);
    }
    const constants = this.#joinWithout(encoded);
    return constants === '' ? [...encoded.values()] : [...encoded.values(), constants];
  }

  #joinWithout(keys: ReadonlyMap<string, string>): string {
    return [...this.#tags].flatMap(([key, tag]) => (keys.has(key) ? [] : tag)).join(',');
  }
}
