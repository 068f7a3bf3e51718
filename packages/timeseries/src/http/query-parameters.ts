const NUMBER = /^-?\d{1,15}(?:\.\d{1,15})?$/;
/** Parameters of this form filter by a tag: `tag.region=eu`. */
const TAG = 'tag.';

/**
 * The query of a request, read strictly: a misspelt parameter that is ignored gives a wrong answer that looks right.
 * Everything throws a `RangeError` whose message says what to do.
 */
export class QueryParameters {
  readonly #values = new Map<string, string>();

  /** @param known the parameters there are; `tag.*` stands for all that filter by a tag. */
  constructor(query: string, known: readonly string[]) {
    for (const [name, value] of new URLSearchParams(query)) {
      const isTag = name.startsWith(TAG) && name !== TAG;
      if (!known.includes(isTag ? 'tag.*' : name))
        throw new RangeError(`There is no parameter ${quoted(name)} here, only ${known.join(', ')}.`);
      if (this.#values.has(name)) throw new RangeError(`The parameter ${quoted(name)} is there twice: give it once.`);
      this.#values.set(name, value);
    }
  }

  text(name: string): string | undefined {
    const value = this.#values.get(name);
    if (value === '') throw new RangeError(`The parameter ${name} is empty: give it a value or leave it out.`);
    return value;
  }

  requiredText(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw new RangeError(`The parameter ${name} is missing.`);
    return value;
  }

  number(name: string): number | undefined {
    const value = this.text(name);
    if (value !== undefined && !NUMBER.test(value))
      throw new RangeError(`The parameter ${name} must be a number such as 60, not ${quoted(value)}.`);
    return value === undefined ? undefined : Number(value);
  }

  /** The tags to filter by. The object has no prototype: a tag may have any name. */
  tags(): Record<string, string> {
    const tags = Object.create(null) as Record<string, string>;
    for (const [name, value] of this.#values) if (name.startsWith(TAG)) tags[name.slice(TAG.length)] = value;
    return tags;
  }
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
