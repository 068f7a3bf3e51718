import { METRIC_NAME_LIMIT, MOST_AHEAD, MOST_BEHIND, TAG_LIMIT } from './intake-limits.js';

const MAX_COMPLAINTS = 20;
const METRIC_NAME = /^[A-Za-z][A-Za-z0-9_.]*$/;
const TAG = /^\p{L}[^\p{C},]*$/u;

export type Fields = Readonly<Record<string, unknown>>;

/**
 * Collects what is wrong with one payload. What the intake would quietly change or leave out is wrong here too; what it
 * merely folds, as the case of a tag, is not.
 */
export class PayloadCheck {
  readonly complaints: string[] = [];
  /** The part of the payload that is looked at: `series[3]`. */
  place = '';
  readonly #seconds: number;

  /** @param now milliseconds since the epoch. */
  constructor(now: number) {
    this.#seconds = now / 1000;
  }

  complain(text: string): void {
    if (this.complaints.length < MAX_COMPLAINTS)
      this.complaints.push(this.place === '' ? text : `${this.place}: ${text}`);
  }

  /** An object with none but the `known` fields. */
  fields(value: unknown, known: ReadonlySet<string>): Fields | undefined {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.complain(`${shown(value)} is not an object`);
      return undefined;
    }
    for (const key in value) if (!known.has(key)) this.complain(`there is no field ${shown(key)}`);
    return value as Fields;
  }

  /** A list that is not empty. */
  list(value: unknown, name: string): readonly unknown[] {
    if (Array.isArray(value) && value.length > 0) return value as unknown[];
    this.complain(`${name} is ${shown(value)} and not a list with something in it`);
    return [];
  }

  /** A point of version 1. */
  pair(value: unknown): readonly unknown[] | undefined {
    if (Array.isArray(value) && value.length === 2) return value as unknown[];
    this.complain(`point ${shown(value)} is not a pair`);
    return undefined;
  }

  text(value: unknown, name: string): string {
    if (typeof value === 'string' && value !== '') return value;
    this.complain(`${name} is ${shown(value)} and not a text`);
    return '';
  }

  optionalText(value: unknown, name: string): string | undefined {
    return value === undefined ? undefined : this.text(value, name);
  }

  oneOf<Choice extends string>(value: unknown, name: string, choices: readonly Choice[]): Choice | undefined {
    const choice = choices.find((each) => each === value);
    if (choice === undefined) this.complain(`${name} is ${shown(value)} and not one of ${choices.join(', ')}`);
    return choice;
  }

  metric(value: unknown): string {
    if (typeof value !== 'string' || value.length > METRIC_NAME_LIMIT || !METRIC_NAME.test(value)) {
      this.complain(`metric ${shown(value)} is not a letter and up to 199 letters, digits, _ and . of ASCII`);
    }
    return String(value);
  }

  tags(value: unknown): readonly string[] {
    if (value === undefined) return [];
    if (!Array.isArray(value)) {
      this.complain(`tags are ${shown(value)} and not a list`);
      return [];
    }
    for (const tag of value as unknown[]) {
      if (typeof tag !== 'string' || characters(tag) > TAG_LIMIT || !TAG.test(tag)) {
        this.complain(
          `tag ${shown(tag)} is not a text that begins with a letter, of up to ${TAG_LIMIT} characters, printable and without a comma`,
        );
      }
    }
    const sorted = (value as unknown[]).map(String).sort();
    sorted.forEach((tag, index) => tag === sorted[index + 1] && this.complain(`tag ${shown(tag)} stands there twice`));
    return sorted;
  }

  number(value: unknown): number {
    // JSON has neither NaN nor infinities: they arrive as null, and one null spoils a whole request.
    if (typeof value !== 'number' || !Number.isFinite(value)) this.complain(`value ${shown(value)} is not a number`);
    return Number(value);
  }

  /** Whole seconds, not further from now than the intake takes. */
  timestamp(value: unknown, mostBehind: number = MOST_BEHIND): number {
    if (!Number.isSafeInteger(value)) this.complain(`timestamp ${shown(value)} is not a whole number of seconds`);
    const ahead = Number(value) - this.#seconds;
    if (ahead > MOST_AHEAD) this.complain(`timestamp ${shown(value)} is ${Math.round(ahead)} seconds ahead`);
    if (-ahead > mostBehind) this.complain(`timestamp ${shown(value)} is ${Math.round(-ahead)} seconds old`);
    return Number(value);
  }

  /** The seconds that a point covers; a count or a rate cannot be read without. */
  interval(value: unknown, type: 'count' | 'rate' | 'gauge' | undefined): number | undefined {
    if (value === undefined && type === 'gauge') return undefined;
    if (!Number.isSafeInteger(value) || Number(value) < 1) {
      this.complain(
        `interval is ${shown(value)} and not a whole number of seconds${type === undefined ? '' : `, for a ${type}`}`,
      );
    }
    return Number(value);
  }
}

/** Characters as a reader counts them: what lies outside the basic plane is one, not two. */
export function characters(text: string): number {
  let pairs = 0;
  for (const _ of text.matchAll(/[\u{10000}-\u{10ffff}]/gu)) pairs += 1;
  return text.length - pairs;
}

/** A value in a message: short. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
