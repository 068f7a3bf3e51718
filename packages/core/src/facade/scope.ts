// Turns a call into a series id: checks the key, finds or opens the series.
import type { Engine } from '../engine/engine.js';
import type { MetricKind, SeriesId } from '../metrics-backend.js';
import { matchesAny } from '../options/name-pattern.js';
import { flatCopy } from '../series/interning.js';
import { isSameDeclaration, type MetricFamily, parseDeclaredTags, resultTag } from '../series/metric-family.js';
import { INVALID_KEY, isValidKey } from '../series/metric-key.js';
import { NOT_FOUND } from '../series/series-result.js';
import { TagDraft } from '../series/tag-draft.js';
import { findPath, findRawPath, insertPath } from '../series/tag-trie.js';
import type { MetricOptions, NormalizedTags, Tags } from '../series/tags.js';
import type { GaugeDefinition, TimerDefinition } from './instrument.js';
import { MetricCache } from './metric-cache.js';
import { readAllTags } from './read-tags.js';

/** Cached spellings of tags beyond two for each series. */
const EXTRA_CACHED_PATHS = 4096;

/** How often a new series is looked for again because the backend changed while it was opened. */
const MAX_OPEN_ATTEMPTS = 3;

const OPTION_NAMES = new Set(['tags', 'instance', 'sampleRate', 'timestamp', 'unit', 'internal']);

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
    engine.gauges.link();
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
    const root = context === undefined ? cache.root : cache.rootFor(context);
    let { id } = root;
    if (options !== undefined && options !== null) {
      const { tags, instance, unit, internal } = options;
      id = findPath(root, tags, instance);
      if ((id === NOT_FOUND || (tags === undefined && instance === undefined)) && !isOptionsObject(options))
        return this.reportMisplaced(key);
      if ((unit !== undefined || internal !== undefined) && !this.#checkDefinition(cache.family, unit, internal))
        return NOT_FOUND;
    }
    return id === NOT_FOUND ? this.openSeries(cache, options?.tags, options?.instance, context) : id;
  }

  /** Returns a key with the prefix of the scope, or an empty string if it is invalid. */
  fullKey(key: unknown): string {
    return isValidKey(key) ? (this.prefix + key).toWellFormed() : '';
  }

  /** Returns the cache of a key, or `undefined` if the sample was dropped and counted. */
  findOrAddCache(kind: MetricKind, key: unknown, unit?: string, internal = false): MetricCache | undefined {
    const { engine } = this;
    if (!isValidKey(key)) {
      engine.drop('invalid_key', key, INVALID_KEY, { value: key });
      return undefined;
    }
    let cache = this.#caches.get(key);
    if (cache === undefined) {
      const family = engine.findOrAddFamily(this.fullKey(key), kind, unit, internal);
      if (family === undefined) {
        engine.count('too_many_metrics');
        return undefined;
      }
      cache = new MetricCache(family, matchesAny(engine.denied, family.key));
      this.#caches.set(flatCopy(key), cache);
    }
    if (cache.kind === kind) return cache;
    if (cache.kind === undefined) engine.count('denied');
    else engine.drop('kind_conflict', key, `This metric is a ${cache.kind}; use another key.`);
    return undefined;
  }

  /**
   * Declares a metric: from now on calls may pass only its tags. A later declaration changes nothing and should be equal.
   * Returns false if the key is invalid or there are too many metrics: each sample of such an instrument is dropped.
   */
  declare(
    kind: MetricKind,
    key: string,
    definition: GaugeDefinition & TimerDefinition,
    observed: GaugeDefinition['observe'] = definition.observe,
  ): boolean {
    const { engine } = this;
    if (!isValidKey(key)) return false;
    const { tags = [], unit, internal = false } = definition;
    const family = engine.findOrAddFamily(this.fullKey(key), kind, unit, internal);
    if (family === undefined) return false;
    const isTimed = kind === 'timing' || family.isTimed;
    const declaredTags = parseDeclaredTags(tags, kind, resultTag(definition), isTimed);
    if (
      family.kind !== kind ||
      family.unit !== unit ||
      family.internal !== internal ||
      (definition.observe !== undefined && definition.observe !== observed) ||
      (family.declaredTags !== undefined && !isSameDeclaration(family.declaredTags, declaredTags))
    )
      engine.report('definition_conflict', key, DEFINED_OTHERWISE);
    if (family.declaredTags !== undefined || family.kind !== kind) return true;
    family.declaredTags = declaredTags;
    family.description = definition.description;
    family.buckets = this.#checkBuckets(key, definition.buckets);
    engine.guard?.applyDeclaration(family);
    engine.invalidate();
    return true;
  }

  /** Lets a declared distribution have the tag of timers, from its first timer on. */
  declareTimed(key: string, { tags = [], ...definition }: TimerDefinition): void {
    const { engine } = this;
    const family = engine.families.get(this.fullKey(key));
    if (family?.declaredTags === undefined || family.kind !== 'distribution' || family.isTimed) return;
    family.isTimed = true;
    family.declaredTags = parseDeclaredTags(tags, family.kind, resultTag(definition), true);
    engine.guard?.applyDeclaration(family);
    engine.invalidate();
  }

  /** Returns a copy of valid buckets. Others are reported and ignored. */
  #checkBuckets(key: string, buckets: readonly number[] | undefined): readonly number[] | undefined {
    if (buckets === undefined) return undefined;
    const isValid =
      Array.isArray(buckets) &&
      buckets.every((bound, index) => Number.isFinite(bound) && (index === 0 || bound > buckets[index - 1]!));
    if (isValid) return [...buckets];
    const message = 'Buckets are a list of finite numbers in ascending order; these are ignored.';
    this.engine.report('invalid_options', key, message);
    return undefined;
  }

  /** Returns the series with these tags, opened if it is new. Without `context`, context tags do not apply. */
  openSeries(cache: MetricCache, tags: Tags | undefined, instance?: unknown, context?: NormalizedTags): SeriesId {
    const { engine } = this;
    // Another series may be opened meanwhile, by a handler of problems: it gets its own draft.
    const draft = engine.spareDraft ?? new TagDraft();
    engine.spareDraft = undefined;
    let current = cache;
    for (let attempt = 1; ; attempt += 1) {
      const { generation } = engine;
      const id = this.#findOrOpenSeries(draft, current, tags, instance, context);
      if (engine.generation === generation) {
        draft.clear();
        engine.spareDraft = draft;
        return id;
      }
      // A handler of problems or the backend has changed the active backend, to which `id` means nothing: start over.
      const { kind, key, unit, internal } = current.family;
      if (attempt === MAX_OPEN_ATTEMPTS) {
        const message = 'The backend changed whenever a series was opened. Register backends at start-up only.';
        return engine.drop('recording_failed', key, message);
      }
      if (!this.refresh()) return NOT_FOUND;
      const next = this.findOrAddCache(kind, key.slice(this.prefix.length), unit, internal);
      if (next === undefined) return NOT_FOUND;
      current = next;
    }
  }

  #findOrOpenSeries(
    draft: TagDraft,
    cache: MetricCache,
    tags: Tags | undefined,
    instance: unknown,
    context: NormalizedTags | undefined,
  ): SeriesId {
    const { engine } = this;
    const { family } = cache;
    const { generation } = engine;
    draft.clear();
    if (!readAllTags(engine, this.tags, draft, tags, instance, family.key, context, family.declaredTags))
      return NOT_FOUND;
    const root = context === undefined ? cache.root : cache.rootFor(context);
    // Beyond the budget, all orders of the same tags share one sorted path.
    const pathBudget = 2 * engine.series.rows.size + EXTRA_CACHED_PATHS - engine.cachedPaths;
    if (pathBudget <= 0) {
      draft.sortRaw();
      const cached = findRawPath(root, draft);
      if (cached !== NOT_FOUND) return cached;
    }
    let id = engine.guard?.applyLimits(family, draft) ?? engine.series.find(family, draft);
    if (engine.generation !== generation) return NOT_FOUND;
    const isNew = id === NOT_FOUND;
    if (isNew) id = engine.open(family, draft);
    // A series that never comes back needs no path: its second call caches it, unless tags were ignored.
    if ((!isNew || draft.ignored !== undefined) && pathBudget > -2 * EXTRA_CACHED_PATHS) {
      engine.cachedPaths += 1;
      insertPath(root, draft, id);
    }
    return id;
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
