/**
 * Tag keys that have one value per operation, in squashed form: lower case, without separators, so that `requestId`,
 * `request-id`, `request.id` and `REQUEST_ID` are one. The compiler and the run time share this list.
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

/** *never*: the tag is left out; *avoid*: it is held to few values. */
export type TagSeverity = 'never' | 'avoid';

/**
 * How bad a tag key is for the number of series, by its name alone: *never* where each operation has a value of its own,
 * *avoid* for every other identifier: `id`, and what ends in `_id`, `-id`, `.id`, `Id` or `ID`. `paid` and `GRID` are none.
 */
export function tagSeverity(key: string): TagSeverity | undefined {
  if ((NEVER_TAGS as readonly string[]).includes(key.replace(/[-_.]/g, '').toLowerCase())) return 'never';
  return /(^|[-_.])id$/i.test(key) || key.endsWith('Id') || (key.endsWith('ID') && key !== key.toUpperCase())
    ? 'avoid'
    : undefined;
}
