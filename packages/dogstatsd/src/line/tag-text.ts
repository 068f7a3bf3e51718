// Keys and values of tags without characters that are syntax.
import { createSanitizer, sanitizeTagKey } from '@metrics/statsd/wire';

/** How a server reads tags. */
export interface TagRules {
  /** Whether a tag may have no value. Otherwise its value is `true`. */
  readonly bareTags: boolean;
  /** Whether keys become labels of Prometheus, which reserves some. */
  readonly prometheusLabels: boolean;
  /** Whether the server cuts the last tag if it ends in a letter beyond ASCII, unless a comma follows. */
  readonly cutsLastTag: boolean;
}

/** A tag ends at a comma and the tags at a bar, without any escape. Datadog replaces white space by underscores anyway. */
const UNSAFE_IN_VALUE = /[\p{Cc}\p{Cs}\p{Z}|,]/gu;

/** Returns a tag key as printable ASCII without syntax, and never one that is reserved by the Agent or Prometheus. */
export function encodeTagKey(key: string, { prometheusLabels }: TagRules): string {
  const safe = sanitizeTagKey(key);
  return prometheusLabels ? prometheusLabel(safe) : safe;
}

/** Returns a tag value with letters of every script, and with syntax replaced by underscores. It is never empty. */
export const encodeTagValue: (value: string) => string = createSanitizer(UNSAFE_IN_VALUE);

/**
 * Returns a key that is a valid label after statsd_exporter has replaced characters by underscores. With an invalid label
 * the exporter fails every scrape, and with these two it crashes.
 */
function prometheusLabel(key: string): string {
  return key === 'quantile' || key === 'le' ? `${key}_` : key.replace(/^[^a-zA-Z0-9]{2,}/, '_');
}
