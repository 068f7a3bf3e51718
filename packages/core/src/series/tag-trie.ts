import { flatCopy } from './interning.js';
import { cut, isPresent, type ReadTags, type Tags } from './tags.js';

/** Raw values longer than this are never kept as keys of a cache. */
const MAX_CACHED_LENGTH = 256;

/**
 * Finds a series id by the tags of a call, walking them in the order they were written: no string is built, sorted or
 * hashed anew. Every way of writing the same tags (other order, `200` for `'200'`) is a path of its own to the same id,
 * so a trie is a cache, thrown away whole whenever an id may have changed its meaning.
 */
export class TrieNode {
  /** The series that ends here, or {@link NOT_FOUND}. */
  id: number;
  /** The edge for the tag key most often seen first, and the others. */
  edge: Edge | undefined = undefined;
  others: Map<string, Edge> | undefined = undefined;

  constructor(id: number = NOT_FOUND) {
    this.id = id;
  }
}

/** All values one tag key has at a node. A leaf is the bare id, which costs a map entry and no object. */
class Edge {
  readonly children: Map<unknown, TrieNode | number> = new Map();
  /** Where all other values lead, of a tag that is left out or has no place for more; see {@link Held}. */
  other: TrieNode | number | undefined = undefined;
  placed: { has(value: string): boolean } | undefined = undefined;
  /** The value that came first, which is often the only one: found without a look into the map. */
  firstValue: unknown = NO_VALUE;
  firstChild: TrieNode | number = NOT_FOUND;
  readonly key: string;
  constructor(key: string) {
    this.key = key;
  }
}

export const NOT_FOUND = -1;
/** In place of a series: samples that would merge with those of others and are dropped. */
export const WOULD_MERGE = -2;

/** Tags whose value does not matter, unless it is among those that have a place. */
export type Held = Map<string, { has(value: string): boolean } | undefined>;

const NO_VALUE: unique symbol = Symbol();
/** An instance goes with the tags, behind them: no tag has an empty key. */
export const INSTANCE = '';

export function findPath(root: TrieNode, tags: Tags | undefined, instance: string | undefined): number {
  let at: TrieNode | number = root;
  for (const key in tags) {
    // Nothing is read for nothing: a getter may answer something else the next time.
    if (typeof at === 'number' || at.edge === undefined) return NOT_FOUND;
    at = step(at, at.edge, key, tags[key]);
  }
  if (instance !== undefined) {
    if (typeof at === 'number' || at.edge === undefined) return NOT_FOUND;
    at = step(at, at.edge, INSTANCE, instance);
  }
  return typeof at === 'number' ? at : at.id;
}

/** The same for tags that were read. */
export function findRead(root: TrieNode, tags: ReadTags): number {
  let at: TrieNode | number = root;
  for (const [key, value] of tags) {
    if (typeof at === 'number' || at.edge === undefined) return NOT_FOUND;
    at = step(at, at.edge, key, value);
  }
  return typeof at === 'number' ? at : at.id;
}

function step(node: TrieNode, first: Edge, key: string, value: unknown): TrieNode | number {
  const edge = first.key === key ? first : node.others?.get(key);
  if (edge === undefined) return NOT_FOUND;
  if (edge.firstValue === value) return edge.firstChild;
  const child = edge.children.get(value);
  return child === undefined ? elsewhere(edge, value) : child;
}

/** Where a value leads that the edge does not know. */
function elsewhere({ other, placed }: Edge, value: unknown): TrieNode | number {
  if (other === undefined || !isPresent(value)) return NOT_FOUND;
  return placed?.has(cut(String(value))) ? NOT_FOUND : other;
}

/** Remembers that a call with these tags means series `id`. */
export function insertPath(root: TrieNode, tags: ReadTags, id: number, held: Held): void {
  let node = root;
  let left = tags.size;
  for (const [key, raw] of tags) {
    const isHeld = held.has(key) && isPresent(raw);
    if (typeof raw === 'string' && raw.length > MAX_CACHED_LENGTH && !isHeld) return;
    left -= 1;
    const edge = edgeOf(node, key);
    if (isHeld) {
      edge.placed = held.get(key);
      edge.other = typeof edge.other === 'object' ? edge.other : left === 0 ? id : new TrieNode(edge.other);
      if (typeof edge.other === 'number') return;
      node = edge.other;
      continue;
    }
    const value = typeof raw === 'string' ? flatCopy(raw) : raw;
    const known = edge.children.get(value);
    const child = typeof known === 'object' ? known : left === 0 ? id : new TrieNode(known);
    edge.children.set(value, child);
    if (edge.children.size === 1 || value === edge.firstValue) {
      edge.firstValue = value;
      edge.firstChild = child;
    }
    if (typeof child === 'number') return;
    node = child;
  }
  node.id = id;
}

function edgeOf(node: TrieNode, key: string): Edge {
  if (node.edge === undefined) return (node.edge = new Edge(key));
  const known = node.edge.key === key ? node.edge : node.others?.get(key);
  if (known !== undefined) return known;
  const edge = new Edge(key);
  (node.others ??= new Map()).set(key, edge);
  return edge;
}
