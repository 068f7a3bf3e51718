// Finds the series of a call by its tags.
import { flatCopy } from './interning.js';
import { INSTANCE_KEY, NOT_FOUND } from './series-result.js';
import { isTagValue, type RawTags, type Tags, truncateValue } from './tags.js';

/** Longer raw values are never kept as keys of a cache. */
const MAX_CACHED_LENGTH = 256;

/**
 * A cache that finds a series id by the tags of a call. It walks the tags in the order they were written, without building,
 * sorting or hashing a string. Every spelling of the same tags (another order, `200` for `'200'`) is a separate path to the
 * same id. The whole trie is discarded when an id may have changed its meaning.
 */
export class TrieNode {
  /** The series whose path ends here, or {@link NOT_FOUND}. */
  id: number;
  /** The edge of the tag key that came first at this node. */
  firstEdge: Edge | undefined = undefined;
  otherEdges: Map<string, Edge> | undefined = undefined;

  constructor(id: number = NOT_FOUND) {
    this.id = id;
  }
}

/** All values of one tag key at a node. A leaf is the bare id, which costs a map entry and no object. */
class Edge {
  readonly children: Map<unknown, TrieNode | number> = new Map();
  /** The child of all values not in {@link keptValues}, if the tag is one of {@link IgnoredTags}. */
  fallback: TrieNode | number | undefined = undefined;
  keptValues: { has(value: string): boolean } | undefined = undefined;
  /** The value that came first, often the only one: it is found without a map lookup. */
  firstValue: unknown = NO_VALUE;
  firstChild: TrieNode | number = NOT_FOUND;
  readonly key: string;
  constructor(key: string) {
    this.key = key;
  }
}

/** Tags whose value does not matter, each with the values that matter after all, if there are any. */
export type IgnoredTags = Map<string, { has(value: string): boolean } | undefined>;

const NO_VALUE: unique symbol = Symbol();

/** Returns the series of a call's tags and instance, or {@link NOT_FOUND}. */
export function findPath(root: TrieNode, tags: Tags | undefined, instance: string | undefined): number {
  let node: TrieNode | number = root;
  for (const key in tags) {
    // Returns before it reads a value it cannot find: a getter may return another value the next time.
    if (typeof node === 'number' || node.firstEdge === undefined) return NOT_FOUND;
    node = nextNode(node, node.firstEdge, key, tags[key]);
  }
  if (instance !== undefined) {
    if (typeof node === 'number' || node.firstEdge === undefined) return NOT_FOUND;
    node = nextNode(node, node.firstEdge, INSTANCE_KEY, instance);
  }
  return typeof node === 'number' ? node : node.id;
}

/** Returns the series of tags that were read, the instance among them, or {@link NOT_FOUND}. */
export function findRawPath(root: TrieNode, tags: RawTags): number {
  let node: TrieNode | number = root;
  for (const [key, value] of tags) {
    if (typeof node === 'number' || node.firstEdge === undefined) return NOT_FOUND;
    node = nextNode(node, node.firstEdge, key, value);
  }
  return typeof node === 'number' ? node : node.id;
}

function nextNode(node: TrieNode, first: Edge, key: string, value: unknown): TrieNode | number {
  const edge = first.key === key ? first : node.otherEdges?.get(key);
  if (edge === undefined) return NOT_FOUND;
  if (edge.firstValue === value) return edge.firstChild;
  const child = edge.children.get(value);
  return child === undefined ? followFallback(edge, value) : child;
}

/** Returns the child of a value that the edge does not contain, or {@link NOT_FOUND}. */
function followFallback({ fallback, keptValues }: Edge, value: unknown): TrieNode | number {
  if (fallback === undefined || !isTagValue(value)) return NOT_FOUND;
  return keptValues?.has(truncateValue(String(value))) ? NOT_FOUND : fallback;
}

/** Adds the path of a call's tags to series `id`. */
export function insertPath(root: TrieNode, tags: RawTags, id: number, ignoredTags: IgnoredTags): void {
  let node = root;
  let remaining = tags.size;
  for (const [key, raw] of tags) {
    const isIgnored = ignoredTags.has(key) && isTagValue(raw);
    if (typeof raw === 'string' && raw.length > MAX_CACHED_LENGTH && !isIgnored) return;
    remaining -= 1;
    const edge = findOrAddEdge(node, key);
    const known = isIgnored ? edge.fallback : edge.children.get(raw);
    const child = typeof known === 'object' ? known : remaining === 0 ? id : new TrieNode(known);
    if (isIgnored) {
      edge.keptValues = ignoredTags.get(key);
      edge.fallback = child;
    } else {
      const value = typeof raw === 'string' ? flatCopy(raw) : raw;
      edge.children.set(value, child);
      if (edge.children.size === 1 || value === edge.firstValue) {
        edge.firstValue = value;
        edge.firstChild = child;
      }
    }
    if (typeof child === 'number') return;
    node = child;
  }
  node.id = id;
}

function findOrAddEdge(node: TrieNode, key: string): Edge {
  if (node.firstEdge === undefined) return (node.firstEdge = new Edge(key));
  const known = node.firstEdge.key === key ? node.firstEdge : node.otherEdges?.get(key);
  if (known !== undefined) return known;
  const edge = new Edge(key);
  (node.otherEdges ??= new Map()).set(key, edge);
  return edge;
}
