import type { MetricKind } from '../metrics-backend.js';
import { INSTANCE } from './tag-trie.js';
import { canonicalValue, type TagValue } from './tags.js';

/** In the place of a list of values: the tag is declared, its values are not. The usual limits hold. */
export const anyValue = '*';

/** Tag keys with the values they may have, or {@link anyValue}. */
export type TagLists = { readonly [tag: string]: readonly TagValue[] | typeof anyValue };

/** The tags of a declaration, with their values where those are listed. */
export type DeclaredTagSet = ReadonlyMap<string, ReadonlySet<string> | undefined>;

/** What a declaration closes: its own tags, and those that need no declaration. */
export function declaredTags(tags: readonly string[] | TagLists, kind: MetricKind): DeclaredTagSet {
  const declared = new Map<string, ReadonlySet<string> | undefined>([[INSTANCE, undefined]]);
  // What a timer adds. Where values are closed, so is this one; a list of the declaration wins.
  if (kind === 'timing') declared.set('result', isList(tags) ? undefined : new Set(['success', 'failure']));
  if (isList(tags)) for (const tag of tags) declared.set(canonicalValue(tag), undefined);
  // A copy, because a caller without types may pass null.
  else
    for (const [tag, values] of Object.entries({ ...tags }))
      declared.set(canonicalValue(tag), isList(values) ? new Set(values.map(canonicalValue)) : undefined);
  return declared;
}

export function isSameDeclaration(one: DeclaredTagSet, other: DeclaredTagSet): boolean {
  return text(one) === text(other);
}

/** Equal for equal declarations, in whatever order they were written. */
function text(declared: DeclaredTagSet): string {
  const rows = [...declared].map(([tag, values]) => JSON.stringify([tag, values && [...values].sort()]));
  return rows.sort().join();
}

/** `Array.isArray` takes no readonly array out of a union. */
function isList(value: unknown): value is readonly TagValue[] {
  return Array.isArray(value);
}
