import { AGGREGATION_KEY_LIMIT, EVENT_MOST_BEHIND, EVENT_TEXT_LIMIT } from './intake-limits.js';
import type { IntakeEvent } from './intake-payload.js';
import { characters, type PayloadCheck } from './payload-check.js';

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

/** The body of POST /api/v1/events. */
export function readEvent(body: unknown, check: PayloadCheck): IntakeEvent[] {
  const fields = check.fields(body, FIELDS);
  if (fields === undefined) return [];
  const { alert_type: alertType, priority, date_happened: timestamp } = fields;
  const text = fields['text'] === '' ? '' : check.text(fields['text'], 'text');
  const length = characters(text);
  if (length > EVENT_TEXT_LIMIT) check.complain(`text has ${length} characters, ${EVENT_TEXT_LIMIT} are taken`);
  const aggregationKey = check.optionalText(fields['aggregation_key'], 'aggregation_key');
  const keyLength = characters(aggregationKey ?? '');
  if (keyLength > AGGREGATION_KEY_LIMIT) {
    check.complain(`aggregation_key has ${keyLength} characters, ${AGGREGATION_KEY_LIMIT} are taken`);
  }
  return [
    {
      title: check.text(fields['title'], 'title'),
      text,
      alertType: alertType === undefined ? undefined : check.oneOf(alertType, 'alert_type', ALERT_TYPES),
      priority: priority === undefined ? undefined : check.oneOf(priority, 'priority', ['normal', 'low']),
      aggregationKey,
      sourceTypeName: check.optionalText(fields['source_type_name'], 'source_type_name'),
      host: check.optionalText(fields['host'], 'host'),
      timestamp: timestamp === undefined ? undefined : check.timestamp(timestamp, EVENT_MOST_BEHIND),
      tags: check.tags(fields['tags']),
    },
  ];
}
