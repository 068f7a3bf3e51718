// Judges tag keys by their names.

/**
 * Tag keys that have one value per operation, in lower case and without separators, so that `requestId`, `request-id`,
 * `request.id` and `REQUEST_ID` are one key. The type check and the guard share this list.
 */
export const NEVER_TAGS = [
  'requestid',
  'eventid',
  'traceid',
  'spanid',
  'sessionid',
  'transactionid',
  'correlationid',
  'messageid',
  'uuid',
  'guid',
  'email',
  'emailaddress',
  'ip',
  'ipaddress',
  'clientip',
  'url',
  'uri',
  'useragent',
  'timestamp',
] as const;

/** *never*: the tag is dropped; *avoid*: the tag is limited to few values. */
export type TagSeverity = 'never' | 'avoid';

/**
 * Returns how much a tag key multiplies series, judged by its name alone: *never* if each operation has its own value,
 * *avoid* for every other identifier (`id`, and keys that end in `_id`, `-id`, `.id`, `Id` or `ID`; not `paid` or `GRID`).
 *
 * @example
 * ```ts
 * import { tagSeverity } from '@metrics/core';
 *
 * console.log(tagSeverity('requestId'), tagSeverity('shop_id'), tagSeverity('status')); // never avoid undefined
 * ```
 */
export function tagSeverity(key: string): TagSeverity | undefined {
  if ((NEVER_TAGS as readonly string[]).includes(key.replace(/[-_.]/g, '').toLowerCase())) return 'never';
  return /(^|[-_.])id$/i.test(key) || key.endsWith('Id') || (key.endsWith('ID') && key !== key.toUpperCase())
    ? 'avoid'
    : undefined;
}

/**
 * The rule of Sentry's metrics layer as `cardinality` options of `register`: it drops every `*_id`, `event`, `project` and
 * `group`, except five keys with a bounded number of values.
 *
 * @example
 * ```ts
 * import { createMetrics, sentryTagRules } from '@metrics/core';
 * import { RecordingBackend } from '@metrics/testing';
 *
 * const metrics = createMetrics({ backend: new RecordingBackend(), cardinality: sentryTagRules });
 * metrics.incr('events', { tags: { group: 'a', status: 'ok' } }); // without `group`
 * ```
 */
export const sentryTagRules: {
  /** For {@link CardinalityOptions.never}. */
  readonly never: readonly string[];
  /** For {@link CardinalityOptions.allow}. */
  readonly allow: Readonly<Record<string, readonly string[]>>;
} = {
  never: ['*_id', 'event', 'project', 'group'],
  allow: { '*': ['use_case_id', 'consumer_member_id', 'broker_id', 'kafka_slice_id', 'group_id'] },
};
