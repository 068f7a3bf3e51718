import type { TagValue } from '../series/tags.js';
import type { NEVER_TAGS } from './tag-severity.js';

/**
 * Tag keys that the compiler lets pass although they look like identifiers. Add to it where one is known to have few values:
 * `declare module '@metrics/core' { interface AllowedTags { org_id: true } }`. The run time has `cardinality.allow`.
 */
export interface AllowedTags {}

/** What the compiler expects in the place of a tag that would open a series per request, user, …: nothing there is. */
export interface HighCardinalityTag<Key, Remedy> {
  readonly 'high cardinality': [Key, Remedy];
}

/** Lists, Maps and functions have one of these. The rest of what is no tags shows in the values. */
interface PlainObject {
  readonly [Symbol.iterator]?: NotTags<'tags are a plain object, such as { status: 200 }'>;
  readonly [Symbol.hasInstance]?: NotTags<'tags are a plain object, such as { status: 200 }'>;
}

interface NotTags<Remedy> {
  readonly 'not tags': Remedy;
}

/**
 * What tags of type `Given` have to be: `<Given extends CheckedTags<Given>>(tags: Given)`. A literal key that has a
 * `tagSeverity` is a type error. Keys that only the run time knows pass, as in `Record<string, string>`, and so does a type
 * parameter that extends `Tags`.
 */
// The verdict picks from a table. With a conditional type in its place, a type parameter could be assigned to nothing, as
// nobody knows the outcome yet; of an access by index the compiler asks only what it is for keys in general: fine.
export type CheckedTags<Given> = object &
  PlainObject & {
    readonly [Key in keyof Given]: {
      fine: TagValue | null | undefined;
      refused: HighCardinalityTag<Key, 'leave it out, or add it to AllowedTags: see docs/cardinality.md'>;
    }[Verdict<Key>];
  };

/** `tagSeverity` for the compiler: whether a key is a literal and has a severity. */
type Verdict<Key> = Key extends string
  ? string extends Key
    ? 'fine'
    : Key extends keyof AllowedTags
      ? 'fine'
      : Without<Without<Without<Lowercase<Key>, '_'>, '-'>, '.'> extends (typeof NEVER_TAGS)[number]
        ? 'refused'
        : Lowercase<Key> extends 'id' | `${string}${'_' | '-' | '.'}id`
          ? 'refused'
          : Key extends `${string}Id`
            ? 'refused'
            : Key extends `${string}ID`
              ? Uppercase<Key> extends Key
                ? 'fine'
                : 'refused'
              : 'fine'
  : 'fine';

/** One separator at a time: the parts around a union of them would be unions, and multiply without end. */
type Without<Key extends string, Separator extends string> = Key extends `${infer Head}${Separator}${infer Tail}`
  ? Without<`${Head}${Tail}`, Separator>
  : Key;
