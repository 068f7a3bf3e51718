// Keys and values of tags without characters that are syntax.
import { createSanitizer, sanitize } from '@metrics/statsd/wire';

/** A tag ends at a comma and the tags at a bar, without any escape. Datadog replaces white space by underscores anyway. */
const UNSAFE_IN_VALUE = /[\p{Cc}\p{Cs}\p{Z}|,]/gu;
/** Tags with this prefix identify the sender to the Agent, so an application must not record them. */
const RESERVED_PREFIX = 'dd.internal.';

/** Returns a tag key as printable ASCII without syntax, and never one that is reserved for the Agent. */
export function encodeTagKey(key: string): string {
  const safe = sanitize(key);
  return safe.startsWith(RESERVED_PREFIX) ? `dd_internal_${safe.slice(RESERVED_PREFIX.length)}` : safe;
}

/** Returns a tag value with letters of every script, and with syntax replaced by underscores. It is never empty. */
export const encodeTagValue: (value: string) => string = createSanitizer(UNSAFE_IN_VALUE);
