// Describes a value in a message.

/** Characters of a value that a message shows. */
const MAX_SHOWN_LENGTH = 60;

/** Characters of a value in which user and password of a URL are looked for. */
const MAX_READ_LENGTH = 300;

/** Returns a short description of any value for a message, without user and password of a URL. Never throws. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') {
    const text = value.slice(0, MAX_READ_LENGTH).replace(/\/\/.*@/s, '//***@');
    const shown = text.length > MAX_SHOWN_LENGTH ? `${text.slice(0, MAX_SHOWN_LENGTH)}…` : text;
    // What JSON leaves as it is: some control characters and ends of lines, and what changes the direction of text.
    return JSON.stringify(shown).replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, escapeCharacter);
  }
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value).slice(0, MAX_SHOWN_LENGTH);
  try {
    return Array.isArray(value) ? 'an array' : value instanceof Map ? 'a Map' : 'an object';
  } catch {
    // A proxy whose handler throws or was revoked.
    return 'an object';
  }
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
