// Turns a call into a series id: checks keys and tags, finds or opens the series.
import type { Engine } from '../engine/engine.js';
import type { MetricKind, SeriesId } from '../metrics-backend.js';
import { matchesAny } from '../options/name-pattern.js';
import { flatCopy } from '../series/interning.js';
import { isSameDeclaration, type MetricFamily, parseDeclaredTags } from '../series/metric-family.js';
import { INSTANCE_KEY, NOT_FOUND, WOULD_MERGE } from '../series/series-result.js';
import { findRawPath, type IgnoredTags, insertPath } from '../series/tag-trie.js';
import {
  isTagsObject,
  isTagValue,
  MAX_TAGS,
  MAX_VALUE_LENGTH,
  type MetricOptions,
  type NormalizedTags,
  normalizeTags,
  type RawTags,
  type Tags,
} from '../series/tags.js';
import type { GaugeDefinition } from './instrument.js';
import { cachedSeries, MetricCache } from './metric-cache.js';

/** Longer keys are invalid: no receiver accepts such a name, and keys are kept forever. */
const MAX_KEY_LENGTH = 1000;

/** Cached spellings of tags beyond two for each series. */
const EXTRA_CACHED_PATHS = 4096;

const OPTION_NAMES = new Set(['tags', 'instance', 'sampleRate', 'timestamp', 'unit', 'internal']);

const NOT_TAGS = 'Tags are a plain object of strings, numbers and booleans, such as { status: 200 }.';

const DEFINED_OTHERWISE = 'This metric was declared or used differently; the first definition holds.';

/** The prefix and tags of the root or of a child. It finds or opens the series of a call. */
export class Scope {
  readonly engine: Engine;
  readonly prefix: string;
  /** Child tags. */
  readonly tags: NormalizedTags;
  generation = -1;
  #caches = new Map<string, MetricCache>();

  constructor(engine: Engine, prefix: string, tags: NormalizedTags) {
    this.engine = engine;
    this.prefix = prefix;
    this.tags = tags;
  }

  /** Clears the void caches. Returns false, and counts a discarded sample, if nothing receives samples. */
  refresh(): boolean {
    const { engine } = this;
    if (engine.discarding) {
      engine.discarded += 1;
      return false;
    }
    this.#caches = new Map();
    this.generation = engine.generation;
    return true;
  }

  /** Returns the series of a call, or a negative number if the sample was dropped and counted. */
  findOrOpen(kind: MetricKind, key: string, options: MetricOptions | undefined): SeriesId {
    if (typeof options !== 'object' && options !== undefined) return this.reportMisplaced(key);
    let cache = this.#caches.get(key);
    if (cache?.kind !== kind) cache = this.findOrAddCache(kind, key, options?.unit, options?.internal);
    if (cache === undefined) return NOT_FOUND;
    const { engine } = this;
    const context = engine.context?.current();
    let id: SeriesId;
    if (options === undefined || options === null) id = cache.rootFor(context).id;
    else {
      const { tags, instance, unit, internal } = options;
      id = cachedSeries(cache, context, tags, instance);
      if ((id === NOT_FOUND || (tags === undefined && instance === undefined)) && !isOptionsObject(options))
        return this.reportMisplaced(key);
      if ((unit !== undefined || internal !== undefined) && !this.#checkDefinition(cache.family, unit, internal))
        return NOT_FOUND;
    }
    return id === NOT_FOUND ? this.openSeries(cache, options?.tags, options?.instance, context) : this.markUsed(id);
  }

  /** Returns the cache of a key, or `undefined` if the sample was dropped and counted. */
  findOrAddCache(kind: MetricKind, key: unknown, unit?: string, internal = false): MetricCache | undefined {
    const { engine } = this;
    if (typeof key !== 'string' || key === '' || key.length > MAX_KEY_LENGTH) {
      const message = `A metric's key is a string of 1 to ${MAX_KEY_LENGTH} characters.`;
      engine.drop('invalid_key', key, message, { value: key });
      return undefined;
    }
    let cache = this.#caches.get(key);
    if (cache === undefined) {
      const fullKey = (this.prefix + key).toWellFormed();
      const family = engine.findOrAddFamily(fullKey, kind, unit, internal);
      if (family === undefined) {
        engine.count('too_many_metrics');
        return undefined;
      }
      cache = new MetricCache(family, matchesAny(engine.denied, fullKey));
      this.#caches.set(flatCopy(key), cache);
    }
    if (cache.kind === kind) return cache;
    if (cache.kind === undefined) engine.count('denied');
    else engine.drop('kind_conflict', key, `This metric is a ${cache.kind}; use another key.`);
    return undefined;
  }

  /** Declares a metric: from now on calls may pass only its tags. A later declaration changes nothing and should be equal. */
  declare(kind: MetricKind, key: string, definition: GaugeDefinition, known: GaugeDefinition = definition): void {
    const { engine } = this;
    // Each sample of such an instrument is dropped and reported.
    if (typeof key !== 'string') return;
    const { tags = [], unit, internal = false } = definition;
    const family = engine.findOrAddFamily((this.prefix + key).toWellFormed(), kind, unit, internal);
    if (family === undefined) return;
    const declaredTags = parseDeclaredTags(tags, kind);
    if (
      family.kind !== kind ||
      family.unit !== unit ||
      family.internal !== internal ||
      known.observe !== definition.observe ||
      (family.declaredTags !== undefined && !isSameDeclaration(family.declaredTags, declaredTags))
    )
      engine.report('definition_conflict', key, DEFINED_OTHERWISE);
    if (family.declaredTags !== undefined) return;
    family.declaredTags = declaredTags;
    engine.invalidate();
  }

  /** Returns the series with these tags, opened if it is new. Without `context`, context tags do not apply. */
  openSeries(cache: MetricCache, tags: Tags | undefined, instance?: unknown, context?: NormalizedTags): SeriesId {
    const { engine } = this;
    const { family } = cache;
    const raw = this.readTags(tags, family.key);
    if (raw === undefined) return NOT_FOUND;
    if (instance !== undefined && instance !== null && instance !== '') {
      if (typeof instance !== 'string' && typeof instance !== 'number')
        return engine.drop('invalid_tag_value', family.key, 'An instance is a string.', {
          tag: 'instance',
          value: instance,
        });
      raw.set(INSTANCE_KEY, instance);
    }
    const root = cache.rootFor(context);
    // Beyond the budget, all orders of the same tags share one sorted path.
    const pathBudget = 2 * engine.series.size + EXTRA_CACHED_PATHS - engine.cachedPaths;
    const path = pathBudget > 0 ? raw : new Map([...raw].sort(([one], [other]) => (one < other ? -1 : 1)));
    let id = pathBudget > 0 ? NOT_FOUND : findRawPath(root, path);
    if (id === NOT_FOUND) {
      const ignoredTags: IgnoredTags = new Map();
      const allTags = this.mergeTags(raw, context, family, ignoredTags);
      id = engine.guard?.applyLimits(family, allTags, ignoredTags) ?? engine.series.find(family, allTags);
      if (id === NOT_FOUND) id = engine.open(family, allTags);
      if (pathBudget > -2 * EXTRA_CACHED_PATHS) {
        engine.cachedPaths += 1;
        insertPath(root, path, id, ignoredTags);
      }
    }
    return this.markUsed(id);
  }

  /** Marks a series as used, or counts a sample that has none. Returns `id`. */
  markUsed(id: SeriesId): SeriesId {
    if (id === WOULD_MERGE) this.engine.count('gauge_would_merge');
    else this.engine.series.recentlyUsed[id] = 1;
    return id;
  }

  /** Returns all enumerable tags, also inherited ones, or `undefined` if they are invalid and the sample was dropped. */
  readTags(tags: unknown, key: string): RawTags | undefined {
    const { engine } = this;
    const raw: RawTags = new Map();
    if (tags === undefined || tags === null) return raw;
    if (!isTagsObject(tags)) return void engine.drop('invalid_tags', key, NOT_TAGS, { value: tags });
    for (const tag in tags) {
      if (raw.size === MAX_TAGS)
        return void engine.drop('too_many_tags', key, `A call may have at most ${MAX_TAGS} tags.`);
      const value: unknown = tags[tag];
      const isAbsent = value === undefined || value === null;
      if (tag === '' || !(isAbsent || isTagValue(value)))
        return void engine.drop('invalid_tag_value', key, NOT_TAGS, { tag, value });
      if (typeof value === 'string' && value.length > MAX_VALUE_LENGTH)
        engine.reportOrThrow('tag_truncated', key, 'Tag values are cut to 200 characters. Is this an identifier?', {
          tag,
          value,
        });
      raw.set(tag, value);
    }
    return raw;
  }

  /** Returns all tags that apply, register < child < context < call, without those that an instrument did not declare. */
  mergeTags(
    raw: RawTags,
    context: NormalizedTags | undefined,
    family?: MetricFamily,
    ignoredTags?: IgnoredTags,
  ): Map<string, string> {
    const declaredTags = family?.declaredTags;
    const merged = new Map([...this.engine.active.tags, ...this.tags]);
    for (const [tag, value] of context ?? []) if (declaredTags?.has(tag) ?? true) merged.set(tag, value);
    for (const [tag, value] of normalizeTags(raw))
      if (declaredTags?.has(tag) ?? true) merged.set(tag, value);
      else {
        ignoredTags?.set(tag, undefined);
        const message = 'The metric was declared without this tag, which is dropped.';
        this.engine.reportOrThrow('undeclared_tag', family?.key, message, { tag });
      }
    return merged;
  }

  /** Drops a call whose options are something else, such as tags, or follow one argument too many. */
  reportMisplaced(key: string): typeof NOT_FOUND {
    const message = 'Tags go inside the options: incr(key, 1, { tags: { status: 200 } }).';
    return this.engine.drop('invalid_options', key, message);
  }

  /** Returns false if the unit conflicts with that of the first call, and the sample was dropped. */
  #checkDefinition(family: MetricFamily, unit: string | undefined, internal: boolean | undefined): boolean {
    const otherUnit = unit !== undefined && unit !== family.unit;
    if (otherUnit && family.unit !== undefined) {
      const message = 'This metric has another unit; use another key.';
      this.engine.drop('unit_conflict', family.key, message, { value: unit });
      return false;
    }
    if (otherUnit || (internal !== undefined && internal !== family.internal))
      this.engine.reportOrThrow('definition_conflict', family.key, DEFINED_OTHERWISE);
    return true;
  }
}

/** Returns true if the object has only options; tags passed in their place have other names. */
function isOptionsObject(options: object | undefined): boolean {
  for (const name in options) if (!OPTION_NAMES.has(name)) return false;
  return true;
}
