import type { MetricsEvent } from '@metrics/core';

/** Limits in characters: https://docs.datadoghq.com/api/latest/events/post-an-event/ */
const MAX_TEXT_LENGTH = 4000;
const MAX_AGGREGATION_KEY_LENGTH = 100;
const ALERT_TYPES: ReadonlySet<string> = new Set(['info', 'warning', 'error', 'success']);
const PRIORITIES: ReadonlySet<string> = new Set(['normal', 'low']);

/** Fields for events that do not set them. */
export interface EventDefaults {
  /** Empty for none. */
  readonly host: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** All tags of the event, as `key:value`. */
  readonly tags: readonly string[];
}

/**
 * Returns the name of the first field that would make the intake reject the event or change it silently. The facade passes
 * no such event; other callers may.
 */
export function invalidEventField({
  alertType = 'info',
  priority = 'normal',
  timestamp = 0,
}: MetricsEvent): 'alertType' | 'priority' | 'timestamp' | undefined {
  if (!ALERT_TYPES.has(alertType)) return 'alertType';
  if (!PRIORITIES.has(priority)) return 'priority';
  return Number.isFinite(timestamp) ? undefined : 'timestamp';
}

/** Returns the body of the request that posts an event, truncated to the lengths that Datadog accepts. */
export function eventJson(event: MetricsEvent, { host, now, tags }: EventDefaults): string {
  const { title, text, alertType = 'info', priority = 'normal', aggregationKey, sourceTypeName } = event;
  const { hostname = host, timestamp = now / 1000 } = event;
  return JSON.stringify({
    title: title.toWellFormed() || 'untitled',
    text: truncate(text, MAX_TEXT_LENGTH),
    alert_type: alertType,
    priority,
    date_happened: Math.floor(timestamp),
    ...(hostname !== '' && { host: hostname.toWellFormed() }),
    ...(aggregationKey && { aggregation_key: truncate(aggregationKey, MAX_AGGREGATION_KEY_LENGTH) }),
    ...(sourceTypeName && { source_type_name: sourceTypeName.toWellFormed() }),
    ...(tags.length > 0 && { tags }),
  });
}

/** Truncates a string. Half a character becomes U+FFFD, because JSON would carry it as invalid Unicode. */
function truncate(text: string, length: number): string {
  return text.slice(0, length).toWellFormed();
}
