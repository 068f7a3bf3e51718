import type { Family } from './family.js';
import { grown, Interner, RowTable } from './interning.js';
import type { Series, SeriesId } from './metrics-backend.js';
import { type CanonicalTags, SEPARATOR, tagTexts } from './tags.js';

/** All open series of one registration: a series is a row of integers, its family and its interned tags. */
export class SeriesRegistry {
  /** Set at every sample; cleared and looked at by the idle sweep. */
  touched: Uint8Array = new Uint8Array(64);
  /** Handles by series, so that equal tags give one handle. */
  readonly handles: unknown[] = [];
  readonly families: Family[];
  readonly prefix: string;
  readonly #tags = new Interner();
  readonly #rows = new RowTable();

  constructor(families: Family[], prefix: string) {
    this.families = families;
    this.prefix = prefix;
  }

  get size(): number {
    return this.#rows.size;
  }

  /** The id of the series with these tags and this instance; `opened` is called where it is new. */
  open(family: Family, tags: CanonicalTags, opened: (id: SeriesId, series: Series) => void): SeriesId {
    const texts = tagTexts(tags);
    const row = [family.id, ...texts.map((text) => this.#tags.find(text) ?? -1)];
    const known = row.includes(-1) ? -1 : this.#rows.find(row);
    if (known >= 0) return known;
    const id = this.#rows.insert([family.id, ...texts.map((text) => this.#tags.acquire(text))]);
    while (id >= this.touched.length) this.touched = grown(this.touched);
    opened(id, this.describe(id));
    return id;
  }

  release(id: SeriesId): void {
    const length = this.#rows.length(id);
    for (let i = 1; i < length; i += 1) this.#tags.release(this.#rows.at(id, i));
    this.#rows.remove(id);
    this.handles[id] = undefined;
  }

  forEach(visit: (id: SeriesId) => void): void {
    for (let id = 0; id < this.#rows.bound; id += 1) if (this.#rows.has(id)) visit(id);
  }

  describe(id: SeriesId): Series {
    const family = this.families[this.#rows.at(id, 0)]!;
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
