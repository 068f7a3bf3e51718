// Rejects tags with too many values at compile time.
import type { DocumentationPage } from '../problems/documentation.js';
import type { TagValue } from '../series/tags.js';
import type { NEVER_TAGS } from './tag-severity.js';

/**
 * Tag keys that the type check allows although they look like identifiers. Extend it with keys that have few values:
 * `declare module '@metrics/core' { interface AllowedTags { org_id: true } }`. `cardinality.allow` does it at run time.
 *
 * @example
 * ```ts
 * import { metrics } from '@metrics/core';
 *
 * declare module '@metrics/core' {
 *   interface AllowedTags {
 *     broker_id: true;
 *   }
 * }
 * metrics.incr('messages', { tags: { broker_id: 3 } });
 * ```
 */
export interface AllowedTags {}

/** The type of a tag that would open a series per request, user, …. No value has it, so the tag is a type error. */
export interface HighCardinalityTag<Key, Advice> {
  /** The rejected key, and the advice that the compiler shows. */
  readonly 'high cardinality': [Key, Advice];
}

/** Excludes lists, Maps and functions, which have one of these members. Their values exclude the other types. */
export interface PlainObject {
  /** Absent from tags. Lists and Maps have it. */
  readonly [Symbol.iterator]?: NotTags<'tags are a plain object, such as { status: 200 }'>;
  /** Absent from tags. Functions have it. */
  readonly [Symbol.hasInstance]?: NotTags<'tags are a plain object, such as { status: 200 }'>;
}

/** The type of a member that tags must not have. No value of the application has it, so that the compiler shows the advice. */
export interface NotTags<Advice> {
  /** The advice that the compiler shows. */
  readonly 'not tags': Advice;
}

/**
 * The constraint on tags of type `Given`: `<Given extends CheckedTags<Given>>(tags: Given)`. A literal key that has a
 * `tagSeverity` is a type error. Keys that are not literal pass, as in `Record<string, string>`, and so does a type
 * parameter that extends `Tags`.
 */
// The check picks from a table. A conditional type would reject every type parameter, because its outcome is unknown until
// the parameter is. For an access by index, the compiler only asks for the constraint of the index: allowed.
export type CheckedTags<Given> = object &
  PlainObject & {
    readonly [Key in keyof Given]: {
      /** The type of a value whose key is allowed. */
      allowed: TagValue | null | undefined;
      /** The type of a value whose key names an identifier: an error that no value satisfies. */
      rejected: HighCardinalityTag<Key, `remove it, or add it to AllowedTags: see ${DocumentationPage<'guide/tags'>}`>;
    }[KeyCheck<Key>];
  };

/** `tagSeverity` for the compiler: rejects a key if it is a literal and has a severity. */
type KeyCheck<Key> = Key extends string
  ? string extends Key
    ? 'allowed'
    : Key extends keyof AllowedTags
      ? 'allowed'
      : Without<Without<Without<Lowercase<Key>, '_'>, '-'>, '.'> extends (typeof NEVER_TAGS)[number]
        ? 'rejected'
        : Lowercase<Key> extends 'id' | `${string}${'_' | '-' | '.'}id`
          ? 'rejected'
          : Key extends `${string}Id`
            ? 'rejected'
            : Key extends `${string}ID`
              ? Uppercase<Key> extends Key
                ? 'allowed'
                : 'rejected'
              : 'allowed'
  : 'allowed';

/** Removes one separator. A union of separators would make unions of the parts, which multiply without end. */
type Without<Key extends string, Separator extends string> = Key extends `${infer Head}${Separator}${infer Tail}`
  ? Without<`${Head}${Tail}`, Separator>
  : Key;
