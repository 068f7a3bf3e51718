import { MAX_NAME_LENGTH, MAX_POINT_AGE_SECONDS, MAX_POINT_LEAD_SECONDS, MAX_TAG_LENGTH } from './intake-limits.js';

const MAX_ERRORS = 20;
const MAX_EXCERPT_LENGTH = 80;
const METRIC_NAME = /^[A-Za-z][A-Za-z0-9_.]*$/;
const TAG = /^\p{L}[^\p{C},]*$/u;

export type Fields = Readonly<Record<string, unknown>>;

/**
 * Collects the errors of one payload. Everything that the real intake would silently change or drop is an error here,
 * too, except normalization such as the case of a tag.
 */
export class PayloadCheck {
  readonly errors: string[] = [];
  /** The part of the payload that is being read: `series[3]`. */
  path = '';
  readonly #seconds: number;

  /** @param now milliseconds since the epoch. */
  constructor(now: number) {
    this.#seconds = now / 1000;
  }

  /** Adds an error at the current path. The first 20 are kept. */
  addError(message: string): void {
    if (this.errors.length < MAX_ERRORS) this.errors.push(this.path === '' ? message : `${this.path}: ${message}`);
  }

  /** Reads an object that has only `known` fields. */
  fields(value: unknown, known: ReadonlySet<string>): Fields | undefined {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.addError(`${jsonExcerpt(value)} is not an object`);
      return undefined;
    }
    for (const key in value) if (!known.has(key)) this.addError(`there is no field ${jsonExcerpt(key)}`);
    return value as Fields;
  }

  /** Reads a list that is not empty. */
  list(value: unknown, name: string): readonly unknown[] {
    if (Array.isArray(value) && value.length > 0) return value as unknown[];
    this.addError(`${name} is ${jsonExcerpt(value)}, not a non-empty list`);
    return [];
  }

  /** Reads a point of version 1. */
  pair(value: unknown): readonly unknown[] | undefined {
    if (Array.isArray(value) && value.length === 2) return value as unknown[];
    this.addError(`point ${jsonExcerpt(value)} is not a pair`);
    return undefined;
  }

  /** Reads a string that is not empty. */
  string(value: unknown, name: string): string {
    if (typeof value === 'string' && value !== '') return value;
    this.addError(`${name} is ${jsonExcerpt(value)}, not a non-empty string`);
    return '';
  }

  optionalString(value: unknown, name: string): string | undefined {
    return value === undefined ? undefined : this.string(value, name);
  }

  oneOf<Choice extends string>(value: unknown, name: string, choices: readonly Choice[]): Choice | undefined {
    const choice = choices.find((each) => each === value);
    if (choice === undefined) this.addError(`${name} is ${jsonExcerpt(value)}, not one of ${choices.join(', ')}`);
    return choice;
  }

  metric(value: unknown): string {
    if (typeof value !== 'string' || value.length > MAX_NAME_LENGTH || !METRIC_NAME.test(value)) {
      this.addError(
        `metric ${jsonExcerpt(value)} is not a string of at most ${MAX_NAME_LENGTH} ASCII letters, digits, _ and . that starts with a letter`,
      );
    }
    return String(value);
  }

  tags(value: unknown): readonly string[] {
    if (value === undefined) return [];
    if (!Array.isArray(value)) {
      this.addError(`tags are ${jsonExcerpt(value)}, not a list`);
      return [];
    }
    for (const tag of value as unknown[]) {
      if (typeof tag !== 'string' || countCharacters(tag) > MAX_TAG_LENGTH || !TAG.test(tag)) {
        this.addError(
          `tag ${jsonExcerpt(tag)} is not a string of at most ${MAX_TAG_LENGTH} printable characters that starts with a letter and has no comma`,
        );
      }
    }
    const sorted = (value as unknown[]).map(String).sort();
    sorted.forEach((tag, index) => tag === sorted[index + 1] && this.addError(`tag ${jsonExcerpt(tag)} is sent twice`));
    return sorted;
  }

  number(value: unknown): number {
    // JSON has neither NaN nor infinities. They arrive as null, and one null makes the intake reject the whole request.
    if (typeof value !== 'number' || !Number.isFinite(value))
      this.addError(`value ${jsonExcerpt(value)} is not a number`);
    return Number(value);
  }

  /** Reads whole seconds since the epoch, within the range that the intake accepts. */
  timestamp(value: unknown, maxAge: number = MAX_POINT_AGE_SECONDS): number {
    if (!Number.isSafeInteger(value)) this.addError(`timestamp ${jsonExcerpt(value)} is not a whole number of seconds`);
    const ahead = Number(value) - this.#seconds;
    if (ahead > MAX_POINT_LEAD_SECONDS)
      this.addError(`timestamp ${jsonExcerpt(value)} is ${Math.round(ahead)} seconds ahead`);
    if (-ahead > maxAge) this.addError(`timestamp ${jsonExcerpt(value)} is ${Math.round(-ahead)} seconds old`);
    return Number(value);
  }

  /** Reads the seconds that a point covers, which counts and rates must have. */
  interval(value: unknown, type: 'count' | 'rate' | 'gauge' | undefined): number | undefined {
    if (value === undefined && type === 'gauge') return undefined;
    if (!Number.isSafeInteger(value) || Number(value) < 1) {
      this.addError(
        `interval is ${jsonExcerpt(value)}, not a whole number of seconds${type === undefined ? '' : `, for a ${type}`}`,
      );
    }
    return Number(value);
  }
}

/** Counts the characters of a string. One outside the basic plane counts once. */
export function countCharacters(text: string): number {
  let pairs = 0;
  for (const _ of text.matchAll(/[\u{10000}-\u{10ffff}]/gu)) pairs += 1;
  return text.length - pairs;
}

/** Returns the beginning of a value as JSON, for a message that shows which part of a payload is wrong. */
export function jsonExcerpt(value: unknown): string {
  const json = JSON.stringify(value) ?? 'missing';
  return json.length > MAX_EXCERPT_LENGTH ? `${json.slice(0, MAX_EXCERPT_LENGTH)}…` : json;
}
