import type { Engine } from '../engine/engine.js';
import type { MetricKind, SeriesId } from '../metrics-backend.js';
import { declaredTags, isSameDeclaration } from '../series/declared-tags.js';
import { flatCopy } from '../series/interning.js';
import type { Family } from '../series/metric-family.js';
import {
  findPath,
  findRead,
  type Held,
  INSTANCE,
  insertPath,
  NOT_FOUND,
  TrieNode,
  WOULD_MERGE,
} from '../series/tag-trie.js';
import {
  type CanonicalTags,
  isTagsObject,
  isTagValue,
  isTruncated,
  MAX_TAGS,
  type MetricOptions,
  mergedTags,
  type ReadTags,
  type Tags,
  wellFormed,
} from '../series/tags.js';
import type { GaugeDefinition } from './instrument.js';

/** Keys longer than this are refused: nothing accepts such a name, and keys are kept for ever. */
const MAX_KEY_LENGTH = 1000;

/** Ways of writing the same tags that are remembered beyond the first of each series. */
const SPARE_PATHS = 4096;

const OPTION_NAMES = new Set(['tags', 'instance', 'sampleRate', 'timestamp', 'unit', 'internal']);

const NOT_TAGS = 'Tags are a plain object of strings, numbers and booleans, such as { status: 200 }.';

const DEFINED_OTHERWISE = 'This metric was declared or used otherwise; the first one holds.';

/** A key as one scope knows it: its family, and the tries that find its series. */
export class Entry {
  readonly family: Family;
  /** The family's kind, or none where the key is denied, so that the first comparison of a call decides. */
  readonly kind: MetricKind | undefined;
  readonly #root = new TrieNode();
  #contexts: WeakMap<CanonicalTags, TrieNode> | undefined;

  constructor(family: Family, denied: boolean) {
    this.family = family;
    this.kind = denied ? undefined : family.kind;
  }

  root(context: CanonicalTags | undefined): TrieNode {
    if (context === undefined) return this.#root;
    this.#contexts ??= new WeakMap();
    let root = this.#contexts.get(context);
    if (root === undefined) this.#contexts.set(context, (root = new TrieNode()));
    return root;
  }
}

/** The series an entry remembers for these tags, or {@link NOT_FOUND}. */
export function entryPath(
  entry: Entry,
  context: CanonicalTags | undefined,
  tags: Tags | undefined,
  instance?: string,
): SeriesId {
  const root = entry.root(context);
  const id = findPath(root, tags, instance);
  // A walk that went nowhere: no tags, or something that hides its content from a walk, such as a Map.
  return id === root.id && tags !== undefined && tags !== null && !isTagsObject(tags) ? NOT_FOUND : id;
}

/** A prefix and tags under which metrics are recorded: the root's, or a child's. Turns a call into a series id. */
export class Scope {
  readonly engine: Engine;
  readonly prefix: string;
  /** Child tags. */
  readonly tags: CanonicalTags;
  generation = -1;
  #entries = new Map<string, Entry>();

  constructor(engine: Engine, prefix: string, tags: CanonicalTags) {
    this.engine = engine;
    this.prefix = prefix;
    this.tags = tags;
  }

  /** Forgets what is void. Answers false, and counts a sample, where nothing listens. */
  renew(): boolean {
    const { engine } = this;
    if (engine.discarding) {
      engine.discarded += 1;
      return false;
    }
    this.#entries = new Map();
    this.generation = engine.generation;
    return true;
  }

  /** The series of a call, or {@link NOT_FOUND} where the sample was dropped and counted. */
  locate(kind: MetricKind, key: string, options: MetricOptions | undefined): SeriesId {
    if (typeof options !== 'object' && options !== undefined) return this.misplaced(key);
    let entry = this.#entries.get(key);
    if (entry?.kind !== kind) entry = this.entry(kind, key, options?.unit, options?.internal);
    if (entry === undefined) return NOT_FOUND;
    const { engine } = this;
    const context = engine.context?.current();
    let id: SeriesId;
    if (options === undefined || options === null) id = entry.root(context).id;
    else {
      const { tags, instance, unit, internal } = options;
      id = entryPath(entry, context, tags, instance);
      if ((id === NOT_FOUND || (tags === undefined && instance === undefined)) && !isPlausible(options))
        return this.misplaced(key);
      if ((unit !== undefined || internal !== undefined) && !this.#agrees(entry.family, unit, internal))
        return NOT_FOUND;
    }
    return id === NOT_FOUND ? this.open(entry, options?.tags, options?.instance, context) : this.touched(id);
  }

  /** A key of this scope; `undefined` where the sample was dropped and counted. */
  entry(kind: MetricKind, key: unknown, unit?: string, internal = false): Entry | undefined {
    const { engine } = this;
    if (typeof key !== 'string' || key === '' || key.length > MAX_KEY_LENGTH) {
      const message = `A metric's key is a string of 1 to ${MAX_KEY_LENGTH} characters.`;
      engine.drop('invalid_key', key, message, { value: key });
      return undefined;
    }
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      const full = wellFormed(this.prefix + key);
      const family = engine.family(full, kind, unit, internal);
      if (family === undefined) {
        engine.count('too_many_metrics');
        return undefined;
      }
      entry = new Entry(family, engine.isDenied(full));
      this.#entries.set(flatCopy(key), entry);
    }
    if (entry.kind === kind) return entry;
    if (entry.kind === undefined) engine.count('denied');
    else engine.drop('kind_conflict', key, `This metric is a ${entry.kind}; use another key.`);
    return undefined;
  }

  /** Declares a metric: its tag keys are closed from now on, unless that was done already, when it should say the same. */
  declare(kind: MetricKind, key: string, definition: GaugeDefinition, known: GaugeDefinition = definition): void {
    const { engine } = this;
    // Every sample of such an instrument is dropped and told.
    if (typeof key !== 'string') return;
    const { tags = [], unit, internal = false } = definition;
    const family = engine.family(wellFormed(this.prefix + key), kind, unit, internal);
    if (family === undefined) return;
    const declared = declaredTags(tags, kind);
    if (
      family.kind !== kind ||
      family.unit !== unit ||
      family.internal !== internal ||
      known.observe !== definition.observe ||
      (family.declared !== undefined && !isSameDeclaration(family.declared, declared))
    )
      engine.quietTell('definition_conflict', key, DEFINED_OTHERWISE);
    if (family.declared !== undefined) return;
    family.declared = declared;
    engine.invalidate();
  }

  /** The series with these tags, opened if it is new. Without `context`, context tags are left alone. */
  open(entry: Entry, tags: Tags | undefined, instance?: unknown, context?: CanonicalTags): SeriesId {
    const { engine } = this;
    const { family } = entry;
    const read = this.read(tags, family.key);
    if (read === undefined) return NOT_FOUND;
    if (instance !== undefined && instance !== null && instance !== '') {
      if (typeof instance !== 'string' && typeof instance !== 'number')
        return engine.drop('invalid_tag_value', family.key, 'An instance is a string.', {
          tag: 'instance',
          value: instance,
        });
      read.set(INSTANCE, instance);
    }
    const root = entry.root(context);
    // With too many ways of writing the same tags, only the sorted one is remembered.
    const spare = 2 * engine.series.size + SPARE_PATHS - engine.paths;
    const path = spare > 0 ? read : new Map([...read].sort(([one], [other]) => (one < other ? -1 : 1)));
    let id = spare > 0 ? NOT_FOUND : findRead(root, path);
    if (id === NOT_FOUND) {
      const held: Held = new Map();
      const tagsOf = this.merged(read, context, family, held);
      id = engine.guard?.place(family, tagsOf, held) ?? engine.series.find(family, tagsOf);
      if (id === NOT_FOUND) id = engine.open(family, tagsOf);
      if (spare > -2 * SPARE_PATHS) {
        engine.paths += 1;
        insertPath(root, path, id, held);
      }
    }
    return this.touched(id);
  }

  /** Marks a series as used, or counts a sample that has none. */
  touched(id: SeriesId): SeriesId {
    if (id === WOULD_MERGE) this.engine.count('gauge_would_merge');
    else this.engine.series.touched[id] = 1;
    return id;
  }

  /** Reads all enumerable tags, also inherited ones; `undefined` where they cannot be used, which is counted. */
  read(tags: unknown, key: string): ReadTags | undefined {
    const { engine } = this;
    const read: ReadTags = new Map();
    if (tags === undefined || tags === null) return read;
    if (!isTagsObject(tags)) return void engine.drop('invalid_tags', key, NOT_TAGS, { value: tags });
    for (const tag in tags) {
      if (read.size === MAX_TAGS)
        return void engine.drop('too_many_tags', key, `A call takes at most ${MAX_TAGS} tags.`);
      const value: unknown = tags[tag];
      if (!isTagValue(value) || tag === '') return void engine.drop('invalid_tag_value', key, NOT_TAGS, { tag, value });
      if (isTruncated(value))
        engine.tell('tag_truncated', key, 'Tag values are cut to 200 characters; is this an identifier?', {
          tag,
          value,
        });
      read.set(tag, value);
    }
    return read;
  }

  /** All tags in force, register < child < context < call, less those an instrument did not declare. */
  merged(read: ReadTags, context: CanonicalTags | undefined, family?: Family, held?: Held): Map<string, string> {
    const declared = family?.declared;
    const merged = new Map([...this.engine.use.tags, ...this.tags]);
    for (const [tag, value] of context ?? []) if (declared?.has(tag) ?? true) merged.set(tag, value);
    for (const [tag, value] of mergedTags(undefined, read))
      if (declared?.has(tag) ?? true) merged.set(tag, value);
      else {
        held?.set(tag, undefined);
        this.engine.tell('undeclared_tag', family?.key, 'The metric was declared without this tag; it is left out.', {
          tag,
        });
      }
    return merged;
  }

  /** For anything that stands where options should, or in the place of a value. */
  misplaced(key: string): typeof NOT_FOUND {
    return this.engine.drop(
      'invalid_options',
      key,
      'Tags go inside the options: incr(key, 1, { tags: { status: 200 } }).',
    );
  }

  /** Whether a call may record under its family; the first use of a key decides on unit and history. */
  #agrees(family: Family, unit: string | undefined, internal: boolean | undefined): boolean {
    const otherUnit = unit !== undefined && unit !== family.unit;
    if (otherUnit && family.unit !== undefined) {
      const message = 'This metric has another unit; use another key.';
      this.engine.drop('unit_conflict', family.key, message, { value: unit });
      return false;
    }
    if (otherUnit || (internal !== undefined && internal !== family.internal))
      this.engine.tell('definition_conflict', family.key, DEFINED_OTHERWISE);
    return true;
  }
}

/** Whether what was given as options has options in it, and not tags. */
function isPlausible(options: object | undefined): boolean {
  for (const name in options) if (!OPTION_NAMES.has(name)) return false;
  return true;
}
