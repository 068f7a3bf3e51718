// Turns HTTP statuses into classes.
/** A class of HTTP statuses, by their first digit. */
export type StatusClass = '1xx' | '2xx' | '3xx' | '4xx' | '5xx' | 'unknown';

/**
 * Returns the class of an HTTP status, `5xx` for `503` and `'503'`, or `unknown` unless it is from 100 to 599.
 *
 * @example
 * ```ts
 * import { statusClass } from '@metrics/core/normalizers';
 *
 * console.log(statusClass(503), statusClass('204'), statusClass(undefined)); // 5xx 2xx unknown
 * ```
 */
export function statusClass(status: number | string | null | undefined): StatusClass {
  const number = typeof status === 'string' ? Number(status) : status;
  // A caller without types may pass anything; only a number can be a safe integer.
  if (!Number.isSafeInteger(number) || number! < 100 || number! > 599) return 'unknown';
  return `${String(number)[0] as '1' | '2' | '3' | '4' | '5'}xx`;
}
