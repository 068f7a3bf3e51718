// Describes a value in a message.

/** Characters of a value that a message shows. */
const MAX_SHOWN_LENGTH = 60;

/** Returns a short description of any value for a message. It never runs code of the value, such as a getter. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > MAX_SHOWN_LENGTH ? `${value.slice(0, MAX_SHOWN_LENGTH)}…` : value);
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null) return value instanceof Map ? 'a Map' : 'an object';
  return String(value).slice(0, MAX_SHOWN_LENGTH);
}
