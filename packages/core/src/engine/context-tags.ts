import type { AsyncLocalStorage } from 'node:async_hooks';
import { type CanonicalTags, mergedTags, type ReadTags, SEPARATOR, tagTexts } from '../series/tags.js';

/** Tag sets that are remembered so that equal contexts share the caches of their series; at the bound all are forgotten. */
const MAX_SETS = 10_000;

/** Tags that hold for everything a function does, also after its awaits. Equal sets of them are one object. */
export class ContextTags {
  readonly #storage: AsyncLocalStorage<{ tags: CanonicalTags }>;
  readonly #sets = new Map<string, CanonicalTags>();

  private constructor(storage: AsyncLocalStorage<{ tags: CanonicalTags }>) {
    this.#storage = storage;
  }

  /** `undefined` where the runtime has no AsyncLocalStorage. Not loaded before it is needed: it taxes every await. */
  static create(): ContextTags | undefined {
    const hooks = globalThis.process?.getBuiltinModule?.('node:async_hooks');
    return hooks?.AsyncLocalStorage && new ContextTags(new hooks.AsyncLocalStorage());
  }

  current(): CanonicalTags | undefined {
    return this.#storage.getStore()?.tags;
  }

  run<Result>(read: ReadTags, fn: () => Result): Result {
    return this.#storage.run({ tags: this.#with(read) }, fn);
  }

  /** Adds to the innermost context. Answers whether there is one. */
  add(read: ReadTags): boolean {
    const scope = this.#storage.getStore();
    if (scope !== undefined) scope.tags = this.#with(read);
    return scope !== undefined;
  }

  #with(read: ReadTags): CanonicalTags {
    const tags = mergedTags(this.current(), read);
    const id = tagTexts(tags).join(SEPARATOR);
    const known = this.#sets.get(id);
    if (known !== undefined) return known;
    if (this.#sets.size === MAX_SETS) this.#sets.clear();
    this.#sets.set(id, tags);
    return tags;
  }
}
