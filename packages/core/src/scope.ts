import { type ContextSet, mergeTags } from './context-tags.js';
import type { Engine } from './engine.js';
import type { Family } from './family.js';
import { flatCopy } from './interning.js';
import type { MetricKind, SeriesId } from './metrics-backend.js';
import { findPath, insertPath, NOT_FOUND, TrieNode } from './tag-trie.js';
import {
  canonicalValue,
  described,
  isEmptyTags,
  isTruncated,
  type MetricOptions,
  type ReadTags,
  readTags,
  type Tags,
  wellFormed,
} from './tags.js';
import { quietly } from './timer.js';
import { isSampled } from './verb.js';

/** Keys longer than this are refused: nothing accepts such a name, and keys are kept for ever. */
const MAX_KEY_LENGTH = 1000;

/** Ways of writing the same tags that are remembered beyond the first of each series. */
const SPARE_PATHS = 4096;

const OPTION_NAMES = new Set(['tags', 'instance', 'sampleRate', 'timestamp', 'unit', 'internal']);

/** A key as one scope knows it: its family, and the tries that find its series. */
export class Entry {
  readonly family: Family;
  /** The family's kind, or none where the key is denied, so that the first comparison of a call decides. */
  readonly kind: MetricKind | undefined;
  readonly #root = new TrieNode();
  #contexts: WeakMap<ContextSet, TrieNode> | undefined;

  constructor(family: Family, denied: boolean) {
    this.family = family;
    this.kind = denied ? undefined : family.kind;
  }

  root(context: ContextSet | undefined): TrieNode {
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
  context: ContextSet | undefined,
  tags: Tags | undefined,
  instance?: string,
): SeriesId {
  const root = entry.root(context);
  const id = findPath(root, tags, instance);
  // A walk that went nowhere: no tags, or something that hides its content from a walk, such as a Map.
  return id === root.id && id >= 0 && tags !== undefined && tags !== null && !isEmptyTags(tags) ? NOT_FOUND : id;
}

/** A prefix and tags under which metrics are recorded: the root's, or a child's. Turns a call into a series id. */
export class Scope {
  readonly engine: Engine;
  readonly prefix: string;
  /** Child tags in canonical form. */
  readonly tags: ReadonlyMap<string, string>;
  generation = -1;
  #entries = new Map<string, Entry>();

  constructor(engine: Engine, prefix: string, tags: ReadonlyMap<string, string>) {
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
    const entry = this.#entries.get(key);
    if (entry !== undefined && entry.kind === kind) {
      const { engine } = this;
      const context = engine.context?.current();
      let id: SeriesId;
      if (options === undefined || options === null) id = entry.root(context).id;
      else if (typeof options !== 'object') return this.misplaced(key);
      else {
        const { tags, instance, unit, internal } = options;
        id = entryPath(entry, context, tags, instance);
        if (tags === undefined && instance === undefined && !this.#isPlausible(options)) return this.misplaced(key);
        if ((unit !== undefined || internal !== undefined) && !this.#agrees(entry.family, unit, internal))
          return NOT_FOUND;
      }
      if (id >= 0) {
        engine.series.touched[id] = 1;
        return id;
      }
    }
    return this.#miss(kind, key, options);
  }

  /** The share of samples to keep, or 0 where this one is left out or dropped. */
  rate(kind: MetricKind, rate: number, key: string): number {
    if (!isSampled(kind)) return 1;
    if (typeof rate === 'number' && rate > 0) return rate < 1 ? rate : 1;
    if (rate === 0) this.engine.sampledOut += 1;
    else this.engine.drop('invalid_sample_rate', key, 'A sample rate is from 0 to 1.', { value: described(rate) });
    return 0;
  }

  /** A key of this scope; `undefined` where the sample was dropped and counted. */
  entry(kind: MetricKind, key: unknown, unit?: string, internal = false): Entry | undefined {
    const { engine } = this;
    if (typeof key !== 'string' || key === '' || key.length > MAX_KEY_LENGTH) {
      const remedy = `A metric's key is a string of 1 to ${MAX_KEY_LENGTH} characters.`;
      engine.drop('invalid_key', key, remedy, { value: described(key) });
      return undefined;
    }
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      const full = wellFormed(flatCopy(this.prefix + key));
      entry = new Entry(engine.family(full, kind, unit, internal), engine.isDenied(full));
      this.#entries.set(flatCopy(key), entry);
    }
    if (entry.kind === kind) return entry;
    if (entry.kind === undefined) engine.count('denied');
    else engine.drop('kind_conflict', key, `This metric is a ${entry.kind}; use another key for a ${kind}.`);
    return undefined;
  }

  /** Declares a metric: its tag keys are closed from now on, unless that was done already. */
  declare(kind: MetricKind, key: string, unit: string | undefined, internal = false, tags: readonly string[]): void {
    const { engine } = this;
    // Every sample of such an instrument is dropped and told.
    if (typeof key !== 'string') return;
    const family = engine.family(wellFormed(this.prefix + key), kind, unit, internal);
    const declared = new Set(kind === 'timing' ? [...tags, 'result'] : tags);
    const conflicts = family.declared !== undefined && !sameKeys(family.declared, declared);
    if (conflicts || family.kind !== kind || family.unit !== unit)
      quietly(() =>
        engine.tell('definition_conflict', key, 'This metric was declared or used otherwise; the first one holds.'),
      );
    if (family.declared !== undefined) return;
    family.declared = declared;
    engine.invalidate();
  }

  /** The series with these tags, opened if it is new. Without `context`, context tags are left alone. */
  open(entry: Entry, tags: Tags | undefined, instance: unknown, context: ContextSet | undefined): SeriesId {
    const { engine } = this;
    const { family } = entry;
    const read = this.read(tags, family.key);
    if (read === undefined) return NOT_FOUND;
    const name = instance === undefined || instance === null || instance === '' ? undefined : instance;
    if (name !== undefined && typeof name !== 'string' && typeof name !== 'number')
      return engine.drop('invalid_tag_value', family.key, 'An instance is a string.', {
        tag: 'instance',
        value: described(name),
      });
    const canonical = name === undefined ? undefined : canonicalValue(name);
    const id = engine.series.open(family, this.merged(read, context, family), canonical, (opened, series) => {
      engine.backend.open(opened, series);
    });
    engine.series.touched[id] = 1;
    if (read.cacheable && engine.paths < 2 * engine.series.size + SPARE_PATHS) {
      engine.paths += 1;
      insertPath(entry.root(context), read, instance as string | undefined, id);
    }
    return id;
  }

  /** The tags of a call, or `undefined` where the sample was dropped and counted. */
  read(tags: unknown, key: string): ReadTags | undefined {
    const read = readTags(tags);
    if ('keys' in read) {
      const cut = read.values.findIndex((value) => value !== undefined && value !== null && isTruncated(value));
      if (cut >= 0)
        this.engine.tell('tag_truncated', key, 'Tag values are cut to 200 characters; is this an identifier?', {
          tag: read.keys[cut]!,
          value: described(read.values[cut]),
        });
      return read;
    }
    const { code, remedy, ...detail } = read;
    this.engine.drop(code, key, remedy, detail);
    return undefined;
  }

  /** All tags in force, register < child < context < call, less those an instrument did not declare. */
  merged(read: ReadTags, context: ContextSet | undefined, family?: Family): Map<string, string> {
    const declared = family?.declared;
    const merged = new Map([...this.engine.use.tags, ...this.tags]);
    for (const [key, value] of context?.tags ?? []) if (declared?.has(key) ?? true) merged.set(key, value);
    const own = new Map<string, string>();
    mergeTags(own, read);
    for (const [key, value] of own) {
      if (declared?.has(key) ?? true) merged.set(key, value);
      else
        this.engine.tell('undeclared_tag', family?.key, 'The metric was declared without this tag; it is left out.', {
          tag: key,
        });
    }
    return merged;
  }

  #miss(kind: MetricKind, key: string, options: MetricOptions | undefined): SeriesId {
    if (typeof options !== 'object' && options !== undefined) return this.misplaced(key);
    const entry = this.entry(kind, key, options?.unit, options?.internal);
    if (entry === undefined) return NOT_FOUND;
    if (options && !this.#isPlausible(options)) return this.misplaced(key);
    if (!this.#agrees(entry.family, options?.unit, options?.internal)) return NOT_FOUND;
    return this.open(entry, options?.tags, options?.instance, this.engine.context?.current());
  }

  /** Whether what was given as options has options in it, and not tags. */
  #isPlausible(options: object): boolean {
    for (const name in options) if (!OPTION_NAMES.has(name)) return false;
    return true;
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
    if (unit !== undefined && family.unit !== undefined && unit !== family.unit) {
      const remedy = `This metric's unit is ${described(family.unit)}; use another key for another unit.`;
      this.engine.drop('unit_conflict', family.key, remedy, { value: described(unit) });
      return false;
    }
    if ((unit !== undefined && unit !== family.unit) || (internal !== undefined && internal !== family.internal))
      this.engine.tell(
        'definition_conflict',
        family.key,
        '`unit` and `internal` are decided by the first use of a key.',
      );
    return true;
  }
}

function sameKeys(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && [...one].every((key) => other.has(key));
}
