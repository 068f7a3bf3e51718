import type { MetricKind } from '../metrics-backend.js';
import { INSTANCE_KEY } from './series-result.js';
import { normalizeValue, type TagValue } from './tags.js';

/** The properties that all series of a metric share. Its first call or its declaration sets them. */
export interface MetricFamily {
  readonly id: number;
  readonly key: string;
  readonly kind: MetricKind;
  readonly unit: string | undefined;
  readonly internal: boolean;
  /** The tags that calls may pass, if the metric was declared; otherwise `undefined`, and calls may pass any. */
  declaredTags: DeclaredTagSet | undefined;
}

/** Declared tag keys, each with its values if the declaration lists them. */
export type DeclaredTagSet = ReadonlyMap<string, ReadonlySet<string> | undefined>;

/** Declares a tag without listing its values. The usual limits apply. */
export const anyValue = '*';

/** Tag keys with the values they may have, or {@link anyValue}. */
export type TagLists = { readonly [tag: string]: readonly TagValue[] | typeof anyValue };

/** Returns the declared tags, and those that need no declaration: the instance, and the `result` of a timing. */
export function parseDeclaredTags(tags: readonly string[] | TagLists, kind: MetricKind): DeclaredTagSet {
  const declared = new Map<string, ReadonlySet<string> | undefined>([[INSTANCE_KEY, undefined]]);
  // Timers add this tag. If other values are listed, so are those of `result`; a list in the declaration overrides this one.
  if (kind === 'timing') declared.set('result', isList(tags) ? undefined : new Set(['success', 'failure']));
  if (isList(tags)) for (const tag of tags) declared.set(normalizeValue(tag), undefined);
  // A copy, because callers without types may pass null.
  else
    for (const [tag, values] of Object.entries({ ...tags }))
      declared.set(normalizeValue(tag), isList(values) ? new Set(values.map(normalizeValue)) : undefined);
  return declared;
}

/** Returns true if both declare the same tags with the same values, in any order. */
export function isSameDeclaration(one: DeclaredTagSet, other: DeclaredTagSet): boolean {
  return declarationKey(one) === declarationKey(other);
}

function declarationKey(declared: DeclaredTagSet): string {
  const rows = [...declared].map(([tag, values]) => JSON.stringify([tag, values && [...values].sort()]));
  return rows.sort().join();
}

/** Narrows a union that contains a readonly array, which `Array.isArray` does not. */
function isList(value: unknown): value is readonly TagValue[] {
  return Array.isArray(value);
}
