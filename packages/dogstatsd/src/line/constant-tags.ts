// Tags that every line carries.
import type { TagPairs } from '@metrics/core';
import { encodeTagKey, encodeTagValue, type TagRules } from './tag-text.js';

/** A tag of every series. A tag without a value is its key alone. */
export type ConstantTag = readonly [key: string, value: string | undefined];

/** The tags on every line, encoded once. A tag of a series replaces all constant ones with the same key. */
export class ConstantTags {
  readonly #rules: TagRules;
  /** Encoded tags by encoded key, which may have several values. */
  readonly #tags = new Map<string, readonly string[]>();
  readonly #joined: string;

  constructor(tags: readonly ConstantTag[], rules: TagRules) {
    this.#rules = rules;
    for (const [key, value = rules.bareTags ? undefined : 'true'] of tags) {
      // The configuration of a process may set the reserved keys of the Agent.
      const encodedKey = key.startsWith('dd.internal.')
        ? `dd.internal.${encodeTagKey(key.slice(12), rules)}`
        : encodeTagKey(key, rules);
      const tag = value === undefined ? encodedKey : `${encodedKey}:${encodeTagValue(value)}`;
      this.#tags.set(encodedKey, [...new Set([...(this.#tags.get(encodedKey) ?? []), tag])]);
    }
    this.#joined = [...this.#tags.values()].flat().join(',');
  }

  /**
   * Encodes tags. The last string holds all constant tags.
   *
   * @param tags the tags of a series, an event or a service check.
   * @param onConflict called with each key that has another value as a constant tag.
   */
  encode(tags: TagPairs, onConflict: (key: string) => void): string[] {
    let encoded: string[] = [];
    let isUsual = true;
    for (const [key, value] of tags) {
      const encodedKey = encodeTagKey(key, this.#rules);
      // Two keys that are encoded alike are one tag, and a constant tag may be replaced.
      isUsual &&= encodedKey === key && !this.#tags.has(key);
      encoded.push(`${encodedKey}:${encodeTagValue(value)}`);
    }
    if (!isUsual) encoded = this.#encodeDistinct(tags, onConflict);
    else if (this.#joined !== '') encoded.push(this.#joined);
    const last = encoded.at(-1);
    // The server would cut the last tag.
    if (this.#rules.cutsLastTag && last !== undefined && last.charCodeAt(last.length - 1) > 127)
      encoded[encoded.length - 1] = `${last},`;
    return encoded;
  }

  #encodeDistinct(tags: TagPairs, onConflict: (key: string) => void): string[] {
    const encoded = new Map<string, string>();
    for (const [key, value] of tags) {
      const encodedKey = encodeTagKey(key, this.#rules);
      const tag = `${encodedKey}:${encodeTagValue(value)}`;
      encoded.set(encodedKey, tag);
      const constants = this.#tags.get(encodedKey);
      if (constants !== undefined && !constants.includes(tag)) onConflict(encodedKey);
    }
    const constants = this.#joinWithout(encoded);
    return constants === '' ? [...encoded.values()] : [...encoded.values(), constants];
  }

  #joinWithout(keys: ReadonlyMap<string, string>): string {
    return [...this.#tags].flatMap(([key, tags]) => (keys.has(key) ? [] : tags)).join(',');
  }
}
