import type { MetricKind } from '../metrics-backend.js';
import type { MetricFamily } from '../series/metric-family.js';
import { TrieNode } from '../series/tag-trie.js';
import type { NormalizedTags } from '../series/tags.js';

/** A metric as one scope sees it: its family, and the tries that find its series. */
export class MetricCache {
  readonly family: MetricFamily;
  /** The family's kind, or `undefined` if the key is denied, so that the first comparison of a call decides. */
  readonly kind: MetricKind | undefined;
  /** The trie of calls without context tags. */
  readonly root: TrieNode = new TrieNode();
  #contexts: WeakMap<NormalizedTags, TrieNode> | undefined;

  constructor(family: MetricFamily, isDenied: boolean) {
    this.family = family;
    this.kind = isDenied ? undefined : family.kind;
  }

  /** Returns the trie of calls with these context tags. */
  rootFor(context: NormalizedTags): TrieNode {
    this.#contexts ??= new WeakMap();
    let root = this.#contexts.get(context);
    if (root === undefined) this.#contexts.set(context, (root = new TrieNode()));
    return root;
  }
}
