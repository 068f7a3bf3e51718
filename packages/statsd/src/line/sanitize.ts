// Strings of an application without characters that are syntax.

/** Syntax of any tag format, and everything but printable ASCII, which servers read in different ways. */
const UNSAFE = /[^!-~]|[:|@#,;=]/g;
/** The same for the value of a Datadog tag, which ends at a comma. Paths and times stay readable. */
const UNSAFE_IN_TAG_VALUE = /[^!-~]|[|@#,]/g;
const UNSAFE_IN_MEMBER = /[^!-~]|[:|#@%]/g;

/** Replaces each unsafe character (UTF-16 unit) of a name, key or value by an underscore. Never returns an empty string. */
export function sanitize(text: string): string {
  return text === '' ? '_' : text.replace(UNSAFE, '_');
}

/** Does the same for the value of a Datadog tag. */
export function sanitizeTagValue(text: string): string {
  return text === '' ? '_' : text.replace(UNSAFE_IN_TAG_VALUE, '_');
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
