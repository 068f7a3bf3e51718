import type { MetricKind } from '../metrics-backend.js';
import { INSTANCE_KEY } from './series-result.js';
import { normalizeValue, type TagValue } from './tags.js';

/** The properties that all series of a metric share. Its first call or its declaration sets them. */
export interface MetricFamily {
  readonly id: number;
  readonly key: string;
  /** The key with the registered prefix. Another registration may change it. */
  name: string;
  readonly kind: MetricKind;
  readonly unit: string | undefined;
  readonly internal: boolean;
  description: string | undefined;
  /** Upper bounds of histogram buckets that the declaration asks for, in the metric's unit. */
  buckets: readonly number[] | undefined;
  /** The tags that calls may pass, if the metric was declared; otherwise `undefined`, and calls may pass any. */
  declaredTags: DeclaredTagSet | undefined;
  /** True for a distribution that timers record into, with their tag. */
  isTimed: boolean;
}

/** Declared tag keys, each with its values if the declaration lists them. */
export type DeclaredTagSet = ReadonlyMap<string, ReadonlySet<string> | undefined>;

/** Declares a tag without listing its values. The usual limits apply. */
export const anyValue = '*';

/** Tag keys with the values they may have, or {@link anyValue}. */
export type TagLists = { readonly [tag: string]: readonly TagValue[] | typeof anyValue };

/** The name of the tag that timers add to a metric or a call: `result`, another one, or `undefined` for none. */
export function resultTag(options: { readonly result?: unknown } | null | undefined): string | undefined {
  const result = options?.result;
  if (result === false) return undefined;
  return typeof result === 'string' && result !== '' ? normalizeValue(result) : 'result';
}

/**
 * Returns the declared tags, and those that need no declaration: the instance, and the tag that timers add.
 *
 * @param result its name, if there is one.
 */
export function parseDeclaredTags(
  tags: readonly string[] | TagLists,
  kind: MetricKind,
  result: string | undefined = 'result',
  isTimed: boolean = kind === 'timing',
): DeclaredTagSet {
  const declared = new Map<string, ReadonlySet<string> | undefined>([[INSTANCE_KEY, undefined]]);
  // If other values are listed, so are those of the timers; a list in the declaration overrides this one.
  if (isTimed) declared.set(result, isList(tags) ? undefined : new Set(['success', 'failure']));
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
