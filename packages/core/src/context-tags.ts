import type { AsyncLocalStorage } from 'node:async_hooks';
import { findPath, insertPath, NOT_FOUND, TrieNode } from './tag-trie.js';
import { canonicalValue, type ReadTags, type Tags } from './tags.js';

/** Tag sets that are remembered so that equal contexts share the caches of their series; at the bound all are forgotten. */
const MAX_SETS = 10_000;

/** The tags in force somewhere. Equal ones, reached the same way, are one object. */
export class ContextSet {
  readonly tags: ReadonlyMap<string, string>;
  epoch = 0;
  paths: TrieNode = new TrieNode();
  children: ContextSet[] = [];

  constructor(tags: ReadonlyMap<string, string>) {
    this.tags = tags;
  }
}

/** Tags that hold for everything a function does, also after its awaits. */
export class ContextTags {
  readonly #storage: AsyncLocalStorage<{ set: ContextSet }>;
  readonly #none = new ContextSet(new Map());
  #epoch = 0;
  #sets = 0;

  private constructor(storage: AsyncLocalStorage<{ set: ContextSet }>) {
    this.#storage = storage;
  }

  /** `undefined` where the runtime has no AsyncLocalStorage. Not loaded before it is needed: it taxes every await. */
  static create(): ContextTags | undefined {
    const hooks = globalThis.process?.getBuiltinModule?.('node:async_hooks');
    return hooks?.AsyncLocalStorage && new ContextTags(new hooks.AsyncLocalStorage());
  }

  current(): ContextSet | undefined {
    return this.#storage.getStore()?.set;
  }

  run<Result>(tags: Tags, read: ReadTags, fn: () => Result): Result {
    return this.#storage.run({ set: this.#with(this.current() ?? this.#none, tags, read) }, fn);
  }

  /** Adds to the innermost context. Answers whether there is one. */
  add(tags: Tags, read: ReadTags): boolean {
    const scope = this.#storage.getStore();
    if (scope === undefined) return false;
    scope.set = this.#with(scope.set, tags, read);
    return true;
  }

  #with(parent: ContextSet, tags: Tags, read: ReadTags): ContextSet {
    if (this.#sets >= MAX_SETS) {
      this.#sets = 0;
      this.#epoch += 1;
    }
    if (parent.epoch !== this.#epoch) {
      parent.epoch = this.#epoch;
      parent.paths = new TrieNode();
      parent.children = [];
    }
    const known = read.cacheable ? findPath(parent.paths, tags, undefined) : NOT_FOUND;
    if (known !== NOT_FOUND) return parent.children[known]!;
    const merged = new Map(parent.tags);
    mergeTags(merged, read);
    const set = new ContextSet(merged);
    set.epoch = this.#epoch;
    if (read.cacheable) {
      this.#sets += 1;
      insertPath(parent.paths, read, undefined, parent.children.push(set) - 1);
    }
    return set;
  }
}

/** Adds tags in their canonical form to `merged`; a later value wins, absent ones change nothing. */
export function mergeTags(merged: Map<string, string>, read: ReadTags): void {
  read.keys.forEach((key, index) => {
    const value = read.values[index];
    if (value !== undefined && value !== null) merged.set(canonicalValue(key), canonicalValue(value));
  });
}
