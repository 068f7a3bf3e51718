import type { Series, SeriesId } from '../metrics-backend.js';
import { grow } from './interning.js';
import type { MetricFamily } from './metric-family.js';
import { RowTable } from './row-table.js';
import { NOT_FOUND } from './series-result.js';
import { type DraftedTags, type TagDraft, tagPairs } from './tag-draft.js';
import { TagTable } from './tag-table.js';

/** All open series of one registration. A series is a row of integers: its family and its tags. */
export class SeriesRegistry {
  /** One per series id: 1 since the first sample after the last idle sweep, otherwise 0. */
  recentlyUsed: Uint8Array = new Uint8Array(64);
  /** Handles by series id, so that equal tags return one handle. */
  readonly handles: unknown[] = [];
  readonly families: readonly MetricFamily[];
  /** The tags that open series have. */
  readonly tags: TagTable = new TagTable();
  /** By series id: the family, then the tags. */
  readonly rows: RowTable = new RowTable();
  /** The row being looked up or added. */
  readonly #row: number[] = [];

  constructor(families: readonly MetricFamily[]) {
    this.families = families;
  }

  /** Returns the series with the tags of a draft, or {@link NOT_FOUND}. */
  find(family: MetricFamily, draft: TagDraft): SeriesId {
    const { tags, count } = draft;
    const row = this.#row;
    row[0] = family.id;
    for (let i = 0; i < count; i += 1) {
      const tag = tags[i]!;
      if (tag < 0) return NOT_FOUND;
      row[i + 1] = tag;
    }
    return this.rows.find(row, count + 1);
  }

  /** Opens a series that {@link find} does not know. */
  open(family: MetricFamily, draft: TagDraft): SeriesId {
    const { keys, values, tags, count } = draft;
    const row = this.#row;
    row[0] = family.id;
    for (let i = 0; i < count; i += 1) {
      if (tags[i]! < 0) tags[i] = this.tags.acquire(keys[i]!, values[i]!);
      else this.tags.retain(tags[i]!);
      row[i + 1] = tags[i]!;
    }
    const id = this.rows.insert(row, count + 1);
    if (id >= this.recentlyUsed.length) this.recentlyUsed = grow(this.recentlyUsed);
    return id;
  }

  release(id: SeriesId): void {
    const length = this.rows.length(id);
    for (let i = 1; i < length; i += 1) this.tags.release(this.rows.at(id, i));
    this.rows.remove(id);
    this.handles[id] = undefined;
  }

  forEach(visit: (id: SeriesId) => void): void {
    for (let id = 0; id < this.rows.bound; id += 1) if (this.rows.has(id)) visit(id);
  }

  family(id: SeriesId): MetricFamily {
    return this.families[this.rows.at(id, 0)]!;
  }

  /** Returns the tags of an open series. */
  tagsOf(id: SeriesId): DraftedTags {
    const count = this.rows.length(id) - 1;
    const tags = Array.from({ length: count }, (_, index) => this.rows.at(id, index + 1));
    const keys = tags.map((tag) => this.tags.key(tag));
    return { tags, keys, values: tags.map((tag) => this.tags.value(tag)), count };
  }

  /** Returns an open series as backends get it. */
  toSeries(id: SeriesId): Series {
    return createSeries(this.family(id), this.tagsOf(id));
  }
}

/** Returns the series of a family with normalized tags, as backends get it. */
export function createSeries(
  { kind, key, name, unit, internal, description, buckets }: MetricFamily,
  drafted: DraftedTags,
): Series {
  const tags = tagPairs(drafted);
  const instance = tags.length < drafted.count ? drafted.values[0] : undefined;
  return { kind, key, name, instance, tags, unit, internal, description, buckets };
}
