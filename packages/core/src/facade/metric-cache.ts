import type { MetricKind, SeriesId } from '../metrics-backend.js';
import type { MetricFamily } from '../series/metric-family.js';
import { NOT_FOUND } from '../series/series-result.js';
import { findPath, TrieNode } from '../series/tag-trie.js';
import { isTagsObject, type NormalizedTags, type Tags } from '../series/tags.js';

/** A metric as one scope sees it: its family, and the tries that find its series. */
export class MetricCache {
  readonly family: MetricFamily;
  /** The family's kind, or `undefined` if the key is denied, so that the first comparison of a call decides. */
  readonly kind: MetricKind | undefined;
  readonly #root = new TrieNode();
  #contexts: WeakMap<NormalizedTags, TrieNode> | undefined;

  constructor(family: MetricFamily, isDenied: boolean) {
    this.family = family;
    this.kind = isDenied ? undefined : family.kind;
  }

  /** Returns the trie of calls with these context tags. */
  rootFor(context: NormalizedTags | undefined): TrieNode {
    if (context === undefined) return this.#root;
    this.#contexts ??= new WeakMap();
    let root = this.#contexts.get(context);
    if (root === undefined) this.#contexts.set(context, (root = new TrieNode()));
    return root;
  }
}

/** Returns the cached series of these tags, or {@link NOT_FOUND}. */
export function cachedSeries(
  cache: MetricCache,
  context: NormalizedTags | undefined,
  tags: Tags | undefined,
  instance?: string,
): SeriesId {
  const root = cache.rootFor(context);
  const id = findPath(root, tags, instance);
  // A walk without a step: either no tags, or an object such as a Map, which hides its content.
  return id === root.id && tags !== undefined && tags !== null && !isTagsObject(tags) ? NOT_FOUND : id;
}
