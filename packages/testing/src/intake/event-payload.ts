import { MAX_AGGREGATION_KEY_LENGTH, MAX_EVENT_AGE_SECONDS, MAX_EVENT_TEXT_LENGTH } from './intake-limits.js';
import type { IntakeEvent } from './intake-payload.js';
import { countCharacters, type PayloadCheck } from './payload-check.js';

const FIELDS: ReadonlySet<string> = new Set([
  'aggregation_key',
  'alert_type',
  'date_happened',
  'device_name',
  'host',
  'priority',
  'related_event_id',
  'source_type_name',
  'tags',
  'text',
  'title',
]);
const ALERT_TYPES = ['error', 'warning', 'info', 'success', 'user_update', 'recommendation', 'snapshot'] as const;

/** Reads the body of POST /api/v1/events. */
export function readEvent(body: unknown, check: PayloadCheck): IntakeEvent[] {
  const fields = check.fields(body, FIELDS);
  if (fields === undefined) return [];
  const { alert_type: alertType, priority, date_happened: timestamp } = fields;
  const text = fields['text'] === '' ? '' : check.string(fields['text'], 'text');
  const length = countCharacters(text);
  if (length > MAX_EVENT_TEXT_LENGTH)
    check.addError(`text has ${length} characters, at most ${MAX_EVENT_TEXT_LENGTH} are allowed`);
  const aggregationKey = check.optionalString(fields['aggregation_key'], 'aggregation_key');
  const keyLength = countCharacters(aggregationKey ?? '');
  if (keyLength > MAX_AGGREGATION_KEY_LENGTH) {
    check.addError(`aggregation_key has ${keyLength} characters, at most ${MAX_AGGREGATION_KEY_LENGTH} are allowed`);
  }
  return [
    {
      title: check.string(fields['title'], 'title'),
      text,
      alertType: alertType === undefined ? undefined : check.oneOf(alertType, 'alert_type', ALERT_TYPES),
      priority: priority === undefined ? undefined : check.oneOf(priority, 'priority', ['normal', 'low']),
      aggregationKey,
      sourceTypeName: check.optionalString(fields['source_type_name'], 'source_type_name'),
      host: check.optionalString(fields['host'], 'host'),
      timestamp: timestamp === undefined ? undefined : check.timestamp(timestamp, MAX_EVENT_AGE_SECONDS),
      tags: check.tags(fields['tags']),
    },
  ];
}
