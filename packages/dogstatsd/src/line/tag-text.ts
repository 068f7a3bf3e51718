import { sanitize } from '@metrics/statsd/wire';

/** There is no escape: a tag ends at a comma, the tags at a bar. Datadog makes underscores of white space anyway. */
const UNSAFE_IN_VALUE = /[\p{Cc}\p{Cs}\p{Z}|,]/gu;
/** Tags under this prefix tell the Agent who sends; one that an application records must not. */
const MAGIC = /^dd\.internal\./;

/** The key of a tag: printable ASCII without any syntax, and none of the Agent's own. */
export function tagKey(key: string): string {
  return sanitize(key).replace(MAGIC, 'dd_internal_');
}

/** The value of a tag. Letters of every script stay, what is syntax is an underscore; never empty. */
export function tagValue(value: string): string {
  return value === '' ? '_' : value.replace(UNSAFE_IN_VALUE, '_');
}
