import { flatCopy } from './interning.js';
import type { ReadTags, Tags } from './tags.js';

/**
 * Finds a series id by the tags of a call, walking them in the order they were written: no string is built, sorted or
 * hashed anew. Every way of writing the same tags (other order, `200` for `'200'`) is a path of its own to the same id,
 * so a trie is a cache, thrown away whole whenever an id may have changed its meaning.
 */
export class TrieNode {
  /** The series that ends here, or {@link NOT_FOUND}. */
  id: number = NOT_FOUND;
  /** The edge for the tag key most often seen first, and the others. */
  edge: Edge | undefined = undefined;
  others: Map<string, Edge> | undefined = undefined;
}

/** All values one tag key has at a node. A leaf is the bare id, which costs a map entry and no object. */
class Edge {
  readonly children: Map<unknown, TrieNode | number> = new Map();
  lastValue: unknown = NO_VALUE;
  lastChild: TrieNode | number = NOT_FOUND;
  readonly key: string;
  constructor(key: string) {
    this.key = key;
  }
}

export const NOT_FOUND = -1;
const NO_VALUE: unique symbol = Symbol();
/** The key under which an instance is an edge; no tag has an empty key. */
const INSTANCE = '';

export function findPath(root: TrieNode, tags: Tags | undefined, instance: string | undefined): number {
  let at: TrieNode | number = root;
  for (const key in tags) {
    if (typeof at === 'number') return NOT_FOUND;
    at = step(at, key, tags[key]);
  }
  if (instance !== undefined) {
    if (typeof at === 'number') return NOT_FOUND;
    at = step(at, INSTANCE, instance);
  }
  return typeof at === 'number' ? at : at.id;
}

function step(node: TrieNode, key: string, value: unknown): TrieNode | number {
  let edge = node.edge;
  if (edge === undefined) return NOT_FOUND;
  if (edge.key !== key) {
    edge = node.others?.get(key);
    if (edge === undefined) return NOT_FOUND;
  }
  if (edge.lastValue === value) return edge.lastChild;
  const child = edge.children.get(value);
  if (child === undefined) return NOT_FOUND;
  edge.lastValue = value;
  edge.lastChild = child;
  return child;
}

/** Remembers that a call with these tags means series `id`. */
export function insertPath(root: TrieNode, read: ReadTags, instance: string | undefined, id: number): void {
  const { keys, values } = read;
  const steps = keys.length + (instance === undefined ? 0 : 1);
  let node = root;
  for (let i = 0; i < steps; i += 1) {
    const edge = edgeOf(node, i < keys.length ? keys[i]! : INSTANCE);
    const raw = i < keys.length ? values[i] : instance;
    const value = typeof raw === 'string' ? flatCopy(raw) : raw;
    const child = edge.children.get(value);
    if (i === steps - 1 && (child === undefined || typeof child === 'number')) {
      edge.children.set(value, id);
      edge.lastValue = value;
      edge.lastChild = id;
      return;
    }
    if (typeof child === 'object') {
      node = child;
      continue;
    }
    const inner = new TrieNode();
    if (child !== undefined) inner.id = child;
    edge.children.set(value, inner);
    edge.lastValue = value;
    edge.lastChild = inner;
    node = inner;
  }
  node.id = id;
}

function edgeOf(node: TrieNode, key: string): Edge {
  if (node.edge === undefined) return (node.edge = new Edge(key));
  if (node.edge.key === key) return node.edge;
  node.others ??= new Map();
  let edge = node.others.get(key);
  if (edge === undefined) node.others.set(key, (edge = new Edge(key)));
  return edge;
}
