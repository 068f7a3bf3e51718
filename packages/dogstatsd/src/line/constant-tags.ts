import { tagKey, tagValue } from './tag-text.js';

/** A tag of every series; without a value it is its key alone. */
export type ConstantTag = readonly [key: string, value: string | undefined];

/** The tags that every line carries, rendered once. A series' own tag of the same key takes the place of a constant one. */
export class ConstantTags {
  readonly #texts = new Map<string, string>();
  readonly #all: string;

  /** @param tags later ones win. */
  constructor(tags: readonly ConstantTag[]) {
    for (const [key, value] of tags) {
      // Whoever configures a process may use the Agent's own keys.
      const safe = key.startsWith('dd.internal.') ? `dd.internal.${tagKey(key.slice(12))}` : tagKey(key);
      this.#texts.set(safe, value === undefined ? safe : `${safe}:${tagValue(value)}`);
    }
    this.#all = [...this.#texts.values()].join(',');
  }

  /**
   * Renders tags, the constant ones last, all of them as one text.
   *
   * @param own the tags of a series, an event or a service check.
   * @param onConflict called with each key that has a constant value and another one.
   */
  render(own: Iterable<readonly [string, string]>, onConflict: (key: string) => void): string[] {
    const texts = new Map<string, string>();
    let conflicts = false;
    for (const [key, value] of own) {
      const safe = tagKey(key);
      const text = `${safe}:${tagValue(value)}`;
      texts.set(safe, text);
      const constant = this.#texts.get(safe);
      if (constant === undefined) continue;
      conflicts = true;
      if (constant !== text) onConflict(safe);
    }
    const constants = conflicts ? this.#without(texts) : this.#all;
    return constants === '' ? [...texts.values()] : [...texts.values(), constants];
  }

  #without(keys: ReadonlyMap<string, string>): string {
    return [...this.#texts].flatMap(([key, text]) => (keys.has(key) ? [] : text)).join(',');
  }
}
