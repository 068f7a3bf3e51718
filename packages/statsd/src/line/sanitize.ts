// Strings of an application without characters that are syntax.

/** Syntax of any tag format, also of SignalFX's brackets, and everything but printable ASCII, which servers read in different ways. */
const UNSAFE = /[^!-~]|[:|@#,;=[\]]/g;
/** The same for the value of a Datadog tag, which ends at a comma. Paths and times stay readable. */
const UNSAFE_IN_TAG_VALUE = /[^!-~]|[|@#,]/g;
/** Telegraf takes members for numbers and refuses a sign. */
const UNSAFE_IN_MEMBER = /[^!-~]|[:|#@%]|^[+-]/g;
/** Tags with this prefix identify the sender to the Datadog Agent, so an application must not record them. */
const RESERVED_KEY_PREFIX = 'dd.internal.';

/** Replaces each unsafe character (UTF-16 unit) of a name, key or value by an underscore. Never returns an empty string. */
export const sanitize: (text: string) => string = createSanitizer(UNSAFE);

/**
 * Sanitizes the name of a metric, which does not begin with `_`: gostatsd refuses such a line, and the Datadog Agent and
 * Telegraf may read it as an event or a service check.
 */
export function sanitizeName(name: string): string {
  const safe = sanitize(name);
  return safe.startsWith('_') ? safe.replace(/^_+/, '') || 'unnamed' : safe;
}

/** Sanitizes the key of a Datadog tag, which is never one that is reserved for the Agent. */
export function sanitizeTagKey(key: string): string {
  const safe = sanitize(key);
  return safe.startsWith(RESERVED_KEY_PREFIX) ? `dd_internal_${safe.slice(RESERVED_KEY_PREFIX.length)}` : safe;
}

/** Sanitizes the value of a Datadog tag. */
export const sanitizeTagValue: (text: string) => string = createSanitizer(UNSAFE_IN_TAG_VALUE);

/**
 * Returns a function that replaces each match of a pattern by an underscore, and an empty string by one. Most strings have no
 * match; for those a loop over a table of the safe ASCII characters is several times faster than the pattern.
 */
export function createSanitizer(unsafe: RegExp): (text: string) => string {
  const isSafe = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code).replace(unsafe, '') !== '');
  return (text) => {
    for (let i = 0; i < text.length; i += 1) if (isSafe[text.charCodeAt(i)] !== true) return text.replace(unsafe, '_');
    return text === '' ? '_' : text;
  };
}

/**
 * Escapes each unsafe character of a set member as `%xx` or `%uxxxx`, and an empty member as `%`. Two distinct members never
 * become equal, because a set counts distinct members.
 */
export function escapeSetMember(text: string): string {
  return text === '' ? '%' : text.replace(UNSAFE_IN_MEMBER, escapeCharacter);
}

function escapeCharacter(character: string): string {
  const code = character.charCodeAt(0).toString(16);
  return code.length > 2 ? `%u${code.padStart(4, '0')}` : `%${code.padStart(2, '0')}`;
}
