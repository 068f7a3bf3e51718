// The parameters of a request, checked.
import { describeValue } from '@metrics/core/backend';

const NUMBER = /^-?\d{1,15}(?:\.\d{1,15})?$/;
/** Points of a line in a response; of all keys together if there are several. */
export const MAX_POINTS = 11_000;
/** Parameters with this prefix filter by a tag: `tag.region=eu`. */
const TAG_PREFIX = 'tag.';

/**
 * The query of a request, read strictly: if a misspelt parameter were ignored, a wrong response would look right. Methods
 * throw a `RangeError` whose message says what to do.
 */
export class QueryParameters {
  readonly #values = new Map<string, string>();
  readonly #repeated = new Map<string, string[]>();

  /**
   * @param known names of the valid parameters; `tag.*` means all that filter by a tag.
   * @param repeatable names of those that may be there several times.
   */
  constructor(query: string, known: readonly string[], repeatable: readonly string[] = []) {
    for (const [name, value] of new URLSearchParams(query)) {
      const isTag = name.startsWith(TAG_PREFIX) && name !== TAG_PREFIX;
      if (!known.includes(isTag ? 'tag.*' : name))
        throw new RangeError(`There is no parameter ${describeValue(name)} here, only ${known.join(', ')}.`);
      if (repeatable.includes(name)) {
        const values = this.#repeated.get(name);
        if (values === undefined) this.#repeated.set(name, [value]);
        else values.push(value);
        continue;
      }
      if (this.#values.has(name))
        throw new RangeError(`The parameter ${describeValue(name)} is there twice: keep one of them.`);
      this.#values.set(name, value);
    }
  }

  string(name: string): string | undefined {
    const value = this.#values.get(name);
    if (value === '') throw new RangeError(`The parameter ${name} is empty: add a value, or remove it.`);
    return value;
  }

  requiredString(name: string): string {
    const value = this.string(name);
    if (value === undefined) throw new RangeError(`The parameter ${name} is missing.`);
    return value;
  }

  /** Returns the values of a repeatable parameter. */
  requiredStrings(name: string): readonly string[] {
    const values = this.#repeated.get(name);
    if (values === undefined) throw new RangeError(`The parameter ${name} is missing.`);
    if (values.includes('')) throw new RangeError(`The parameter ${name} is empty: add a value, or remove it.`);
    return values;
  }

  number(name: string): number | undefined {
    const value = this.string(name);
    if (value !== undefined && !NUMBER.test(value))
      throw new RangeError(`The parameter ${name} must be a number such as 60, not ${describeValue(value)}.`);
    return value === undefined ? undefined : Number(value);
  }

  /** Returns a whole number from 1 to a maximum. */
  wholeNumber(name: string, max: number): number | undefined {
    const value = this.number(name);
    if (value !== undefined && !(Number.isInteger(value) && value >= 1 && value <= max))
      throw new RangeError(`The parameter ${name} must be a whole number from 1 to ${max}, not ${value}.`);
    return value;
  }

  /** Returns the tags to filter by. The object has no prototype, because a tag may have any name. */
  tags(): Record<string, string> {
    const tags = Object.create(null) as Record<string, string>;
    for (const [name, value] of this.#values)
      if (name.startsWith(TAG_PREFIX)) tags[name.slice(TAG_PREFIX.length)] = value;
    return tags;
  }
}
