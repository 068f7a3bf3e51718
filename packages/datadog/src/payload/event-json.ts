import type { MetricsEvent } from '@metrics/core';

/** https://docs.datadoghq.com/api/latest/events/post-an-event/ */
const LONGEST_TEXT = 4000;
const LONGEST_AGGREGATION_KEY = 100;

/** What an event that does not say it has. */
export interface EventDefaults {
  /** Empty for none. */
  readonly host: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** As `key:value`. */
  readonly tags: readonly string[];
}

/** The body of a request that posts an event, cut to the lengths that Datadog takes. */
export function eventJson(event: MetricsEvent, { host, now, tags }: EventDefaults): string {
  const { title, text, alertType = 'info', priority = 'normal', aggregationKey, sourceTypeName } = event;
  const { hostname = host, timestamp = now / 1000 } = event;
  return JSON.stringify({
    title: wellFormed(title) || 'untitled',
    text: clipped(text, LONGEST_TEXT),
    alert_type: alertType,
    priority,
    date_happened: Math.floor(timestamp),
    ...(hostname !== '' && { host: wellFormed(hostname) }),
    ...(aggregationKey && { aggregation_key: clipped(aggregationKey, LONGEST_AGGREGATION_KEY) }),
    ...(sourceTypeName && { source_type_name: wellFormed(sourceTypeName) }),
    ...(tags.length > 0 && { tags }),
  });
}

function clipped(text: string, length: number): string {
  return wellFormed(text.slice(0, length));
}

/** Half a character is no text to a server that checks its UTF-8. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '?');
}
