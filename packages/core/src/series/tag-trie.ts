// Finds the series of a call by its tags.
import { flatCopy } from './interning.js';
import { INSTANCE_KEY, NOT_FOUND } from './series-result.js';
import type { KeptValues, TagDraft } from './tag-draft.js';
import { isTagsObject, isTagValue, type Tags, truncateValue } from './tags.js';

/** Longer raw values are never kept as keys of a cache. */
const MAX_CACHED_LENGTH = 256;

const NO_VALUE: unique symbol = Symbol();

/**
 * A cache that finds a series id by the tags of a call. It walks the tags in the order they were written, without building,
 * sorting or hashing a string. Every spelling of the same tags (another order, `200` for `'200'`) is a separate path to the
 * same id. The whole trie is discarded when an id may have changed its meaning.
 *
 * A node has the values of the tag key that came first at it, which is nearly always the only one. Those of any other key
 * are in another node, one of {@link otherKeys}, of which nothing else is used.
 */
export class TrieNode {
  /** The series whose path ends here, or {@link NOT_FOUND}. */
  id: number;
  /** The tag key that leads away from here; `undefined` if nothing does yet. */
  key: string | undefined = undefined;
  /** A leaf is the bare id, which costs a map entry and no object. */
  readonly children: Map<unknown, TrieNode | number> = new Map();
  /** The child of all values not in {@link keptValues}, if the tag is one of {@link TagDraft.ignored}. */
  fallback: TrieNode | number | undefined = undefined;
  keptValues: KeptValues | undefined = undefined;
  /** The value that came first, often the only one: it is found without a map lookup. */
  firstValue: unknown = NO_VALUE;
  firstChild: TrieNode | number = NOT_FOUND;
  otherKeys: Map<string, TrieNode> | undefined = undefined;

  constructor(id: number = NOT_FOUND) {
    this.id = id;
  }
}

/** Returns the series of a call's tags and instance, or {@link NOT_FOUND}. */
export function findPath(root: TrieNode, tags: Tags | null | undefined, instance?: string): number {
  let node: TrieNode | number = root;
  for (const key in tags) {
    // Returns before it reads a value it cannot find: a getter may return another value the next time.
    if (typeof node === 'number' || node.key === undefined) return NOT_FOUND;
    node = nextNode(node, key, tags[key]);
  }
  if (typeof node === 'number') return instance === undefined ? node : NOT_FOUND;
  // A walk without a step: either no tags, or an object such as a Map, which hides its content.
  if (node === root && tags !== undefined && tags !== null && !isTagsObject(tags)) return NOT_FOUND;
  if (instance === undefined) return node.id;
  const last = node.key === undefined ? NOT_FOUND : nextNode(node, INSTANCE_KEY, instance);
  return typeof last === 'number' ? last : last.id;
}

/** Returns the series of the raw tags of a draft, or {@link NOT_FOUND}. */
export function findRawPath(root: TrieNode, { rawKeys, rawValues, rawCount }: TagDraft): number {
  let node: TrieNode | number = root;
  for (let i = 0; i < rawCount; i += 1) {
    if (typeof node === 'number' || node.key === undefined) return NOT_FOUND;
    node = nextNode(node, rawKeys[i]!, rawValues[i]);
  }
  return typeof node === 'number' ? node : node.id;
}

function nextNode(node: TrieNode, key: string, value: unknown): TrieNode | number {
  const edge = node.key === key ? node : node.otherKeys?.get(key);
  if (edge === undefined) return NOT_FOUND;
  if (edge.firstValue === value) return edge.firstChild;
  const child = edge.children.get(value);
  return child === undefined ? followFallback(edge, value) : child;
}

/** Returns the child of a value that the edge does not contain, or {@link NOT_FOUND}. */
function followFallback({ fallback, keptValues }: TrieNode, value: unknown): TrieNode | number {
  if (fallback === undefined || !isTagValue(value)) return NOT_FOUND;
  return keptValues?.has(truncateValue(String(value))) ? NOT_FOUND : fallback;
}

/** Adds the path of the raw tags of a draft to series `id`. */
export function insertPath(root: TrieNode, draft: TagDraft, id: number): void {
  const { rawKeys, rawValues, rawCount, ignored } = draft;
  let node = root;
  for (let i = 0; i < rawCount; i += 1) {
    const key = rawKeys[i]!;
    const raw = rawValues[i];
    const isLast = i === rawCount - 1;
    const isIgnored = ignored !== undefined && ignored.has(key) && isTagValue(raw);
    if (typeof raw === 'string' && raw.length > MAX_CACHED_LENGTH && !isIgnored) return;
    const edge = findOrAddEdge(node, key);
    const value = typeof raw === 'string' ? flatCopy(raw) : raw;
    const known = isIgnored ? edge.fallback : edge.children.get(value);
    const child = typeof known === 'object' ? known : isLast ? id : new TrieNode(known);
    if (isIgnored) {
      edge.keptValues = ignored.get(key);
      edge.fallback = child;
    } else {
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

function findOrAddEdge(node: TrieNode, key: string): TrieNode {
  node.key ??= key;
  if (node.key === key) return node;
  node.otherKeys ??= new Map();
  let edge = node.otherKeys.get(key);
  if (edge === undefined) node.otherKeys.set(key, (edge = new TrieNode()));
  return edge;
}
