/**
 * Parses the header Retry-After, in seconds or as a date. Returns milliseconds from `now`, or `undefined` if there is none.
 *
 * https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const milliseconds = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return milliseconds >= 0 ? milliseconds : undefined;
}
