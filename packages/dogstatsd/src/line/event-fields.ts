import { tagsWithInstance } from '@metrics/statsd/wire';
import type { ConstantTags } from './constant-tags.js';
import { cutField } from './truncate-text.js';

/** What events and service checks are rendered with. */
export interface OccurrenceContext {
  readonly tags: ConstantTags;
  /** Ends the line: who sends. */
  readonly tail: string;
  /** The size of the largest packet, and so of the line with its newline. */
  readonly maxBytes: number;
}

/** What events and service checks have in common. */
export interface Occurrence {
  readonly timestamp?: number | undefined;
  readonly hostname?: string | undefined;
  readonly instance?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** `|d:` and `|h:`, where they are given and make sense. */
export function whenAndWhere({ timestamp, hostname }: Occurrence): string {
  const seconds = typeof timestamp === 'number' ? Math.floor(timestamp) : 0;
  const when = seconds > 0 && seconds < 1e10 ? `|d:${seconds}` : '';
  return when + optionalField('h', hostname);
}

/** A field of at most 100 characters, or nothing. */
export function optionalField(name: string, value: string | undefined): string {
  const text = cutField(plainText(value), { characters: 100, bytes: 400 });
  return text === '' ? '' : `|${name}:${text}`;
}

/** `|#` and the tags, or nothing. */
export function tagField({ tags = {}, instance }: Occurrence, constants: ConstantTags): string {
  const texts = constants.render(tagsWithInstance({ tags, instance }), () => {});
  return texts.length === 0 ? '' : `|#${texts.join(',')}`;
}

/** A text that callers without types may have left out, or given as something else. */
export function plainText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
