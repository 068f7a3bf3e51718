// Tags that follow the async context of a call.
import type { AsyncLocalStorage } from 'node:async_hooks';
import { type NormalizedTags, TAG_SEPARATOR, tagKeys } from '../series/tags.js';

/** Tag sets that are remembered, so that equal contexts share the caches of their series. At the bound all are forgotten. */
const MAX_SETS = 10_000;

/** Tags of everything that a function records, also after its awaits. Equal sets of tags are one object. */
export class ContextTags {
  readonly #storage: AsyncLocalStorage<{ tags: NormalizedTags }>;
  readonly #sets = new Map<string, NormalizedTags>();

  constructor(storage: AsyncLocalStorage<{ tags: NormalizedTags }>) {
    this.#storage = storage;
  }

  current(): NormalizedTags | undefined {
    return this.#storage.getStore()?.tags;
  }

  run<Result>(tags: NormalizedTags, fn: () => Result): Result {
    return this.#storage.run({ tags: this.#extend(tags) }, fn);
  }

  /** Adds tags to the innermost context. Returns false if there is no context. */
  add(tags: NormalizedTags): boolean {
    const context = this.#storage.getStore();
    if (context !== undefined) context.tags = this.#extend(tags);
    return context !== undefined;
  }

  #extend(added: NormalizedTags): NormalizedTags {
    const tags = new Map([...(this.current() ?? []), ...added]);
    const id = tagKeys(tags).join(TAG_SEPARATOR);
    const known = this.#sets.get(id);
    if (known !== undefined) return known;
    if (this.#sets.size === MAX_SETS) this.#sets.clear();
    this.#sets.set(id, tags);
    return tags;
  }
}
