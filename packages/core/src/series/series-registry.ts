import type { Series, SeriesId } from '../metrics-backend.js';
import { grow, Interner, RowTable } from './interning.js';
import type { MetricFamily } from './metric-family.js';
import { INSTANCE_KEY, NOT_FOUND } from './series-result.js';
import { type NormalizedTags, TAG_SEPARATOR, tagKeys } from './tags.js';

/** All open series of one registration. A series is a row of integers: its family and its interned tags. */
export class SeriesRegistry {
  /** One per series id: 1 since the first sample after the last idle sweep, otherwise 0. */
  recentlyUsed: Uint8Array = new Uint8Array(64);
  /** Handles by series id, so that equal tags return one handle. */
  readonly handles: unknown[] = [];
  readonly families: MetricFamily[];
  readonly prefix: string;
  #tags = new Interner();
  #rows = new RowTable();

  constructor(families: MetricFamily[], prefix: string) {
    this.families = families;
    this.prefix = prefix;
  }

  get size(): number {
    return this.#rows.size;
  }

  /** Returns the open series with these tags, the instance among them, or {@link NOT_FOUND}. */
  find(family: MetricFamily, tags: NormalizedTags): SeriesId {
    const row = [family.id];
    for (const key of tagKeys(tags)) {
      const tag = this.#tags.find(key);
      if (tag === undefined) return NOT_FOUND;
      row.push(tag);
    }
    return this.#rows.find(row);
  }

  /** Opens a series for which {@link find} returns {@link NOT_FOUND}, and returns its id. */
  open(family: MetricFamily, tags: NormalizedTags): SeriesId {
    const row = [family.id];
    for (const key of tagKeys(tags)) row.push(this.#tags.acquire(key));
    const id = this.#rows.insert(row);
    while (id >= this.recentlyUsed.length) this.recentlyUsed = grow(this.recentlyUsed);
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

  family(id: SeriesId): MetricFamily {
    return this.families[this.#rows.at(id, 0)]!;
  }

  /** Returns the tags of an open series, the instance among them. */
  tagsOf(id: SeriesId): NormalizedTags {
    const tags = new Map<string, string>();
    for (let i = 1; i < this.#rows.length(id); i += 1) {
      const tag = this.#tags.text(this.#rows.at(id, i));
      const separator = tag.indexOf(TAG_SEPARATOR);
      tags.set(tag.slice(0, separator), tag.slice(separator + 1));
    }
    return tags;
  }

  /** Returns the description of a series that a backend gets. */
  toSeries({ kind, key, unit, internal }: MetricFamily, allTags: NormalizedTags): Series {
    const tags = Object.create(null) as Record<string, string>;
    for (const tag of [...allTags.keys()].sort()) if (tag !== INSTANCE_KEY) tags[tag] = allTags.get(tag)!;
    return { kind, key, name: this.prefix + key, instance: allTags.get(INSTANCE_KEY), tags, unit, internal };
  }
}
