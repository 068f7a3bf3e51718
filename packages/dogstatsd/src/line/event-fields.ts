// The fields that lines of events and of service checks share.
import type { TagPairs } from '@metrics/core';
import { tagsWithInstance } from '@metrics/statsd/wire';
import type { ConstantTags } from './constant-tags.js';
import { truncateField } from './truncate-text.js';

/** In the year 5138. Later numbers are milliseconds, which the facade has converted. */
const MAX_EPOCH_SECONDS = 1e11;
const MAX_FIELD_CHARACTERS = 100;
const MAX_FIELD_BYTES = 400;

/** The parts of a line that do not come from the event or service check. */
export interface LineContext {
  readonly tags: ConstantTags;
  /** The end of the line: the fields of the origin. */
  readonly lineSuffix: string;
  /** Bytes of the largest packet, which is the limit of a line with its newline. */
  readonly maxBytes: number;
}

/** The properties that events and service checks share. */
export interface EventOrCheck {
  readonly timestamp?: number | undefined;
  readonly hostname?: string | undefined;
  readonly instance?: string | undefined;
  readonly tags?: TagPairs | undefined;
}

/** Returns `|d:` and `|h:`, each only if it is set and valid. */
export function timestampAndHost({ timestamp, hostname }: EventOrCheck): string {
  const seconds = typeof timestamp === 'number' ? Math.floor(timestamp) : 0;
  const time = seconds > 0 && seconds < MAX_EPOCH_SECONDS ? `|d:${seconds}` : '';
  return time + optionalField('h', hostname);
}

/** Returns a field of at most 100 characters, or an empty string. */
export function optionalField(name: string, value: string | undefined): string {
  const text = truncateField(stringOrEmpty(value), { characters: MAX_FIELD_CHARACTERS, bytes: MAX_FIELD_BYTES });
  return text === '' ? '' : `|${name}:${text}`;
}

/** Returns `|#` and the tags, or an empty string. */
export function tagField({ tags = [], instance }: EventOrCheck, constants: ConstantTags): string {
  const encoded = constants.encode(tagsWithInstance({ tags, instance }), () => {});
  return encoded.length === 0 ? '' : `|#${encoded.join(',')}`;
}

/** Returns the value if it is a string: callers without a compiler may pass anything. */
export function stringOrEmpty(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
