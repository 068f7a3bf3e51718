// Describes a value in a message.

/** Characters of a value that a message shows. */
const MAX_SHOWN_LENGTH = 60;

/** Returns a short description of any value for a message. Never throws. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > MAX_SHOWN_LENGTH ? `${value.slice(0, MAX_SHOWN_LENGTH)}…` : value);
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value).slice(0, MAX_SHOWN_LENGTH);
  try {
    return Array.isArray(value) ? 'an array' : value instanceof Map ? 'a Map' : 'an object';
  } catch {
    // A proxy whose handler throws or was revoked.
    return 'an object';
  }
}
