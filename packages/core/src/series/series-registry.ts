import type { Series, SeriesId } from '../metrics-backend.js';
import { grow, Interner, RowTable } from './interning.js';
import type { Family } from './metric-family.js';
import { NOT_FOUND } from './tag-trie.js';
import { type CanonicalTags, SEPARATOR, tagTexts } from './tags.js';

/** All open series of one registration: a series is a row of integers, its family and its interned tags. */
export class SeriesRegistry {
  /** Set at every sample; cleared and looked at by the idle sweep. */
  touched: Uint8Array = new Uint8Array(64);
  /** Handles by series, so that equal tags give one handle. */
  readonly handles: unknown[] = [];
  readonly families: Family[];
  readonly prefix: string;
  #tags = new Interner();
  #rows = new RowTable();

  constructor(families: Family[], prefix: string) {
    this.families = families;
    this.prefix = prefix;
  }

  get size(): number {
    return this.#rows.size;
  }

  /** The series with these tags and this instance, or {@link NOT_FOUND}. */
  find(family: Family, tags: CanonicalTags): SeriesId {
    const row = [family.id];
    for (const text of tagTexts(tags)) {
      const tag = this.#tags.find(text);
      if (tag === undefined) return NOT_FOUND;
      row.push(tag);
    }
    return this.#rows.find(row);
  }

  /** Opens a series that {@link find} does not know. */
  open(family: Family, tags: CanonicalTags): SeriesId {
    const id = this.#rows.insert([family.id, ...tagTexts(tags).map((text) => this.#tags.acquire(text))]);
    while (id >= this.touched.length) this.touched = grow(this.touched);
    return id;
  }

  release(id: SeriesId): void {
    const length = this.#rows.length(id);
    for (let i = 1; i < length; i += 1) this.#tags.release(this.#rows.at(id, i));
    this.#rows.remove(id);
    this.handles[id] = undefined;
  }

  clear(): void {
    this.#tags = new Interner();
    this.#rows = new RowTable();
    this.handles.length = 0;
  }

  forEach(visit: (id: SeriesId) => void): void {
    for (let id = 0; id < this.#rows.bound; id += 1) if (this.#rows.has(id)) visit(id);
  }

  family(id: SeriesId): Family {
    return this.families[this.#rows.at(id, 0)]!;
  }

  describe(id: SeriesId): Series {
    const family = this.family(id);
    const tags = Object.create(null) as Record<string, string>;
    let instance: string | undefined;
    for (let i = 1; i < this.#rows.length(id); i += 1) {
      const text = this.#tags.text(this.#rows.at(id, i));
      const separator = text.indexOf(SEPARATOR);
      const value = text.slice(separator + 1);
      if (separator === 0) instance = value;
      else tags[text.slice(0, separator)] = value;
    }
    const { kind, key, unit, internal } = family;
    return { kind, key, name: this.prefix + key, instance, tags, unit, internal };
  }
}
