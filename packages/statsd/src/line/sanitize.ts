/** All that is syntax in one of the flavours, and all that is not printable ASCII: not every server reads UTF-8 alike. */
const UNSAFE = /[^!-~]|[:|@#,;=]/g;
/** In the value of a Datadog tag, which ends at a comma. Paths and times stay readable. */
const UNSAFE_IN_TAG_VALUE = /[^!-~]|[|@#,]/g;
/** A set counts distinct members, so they are escaped: two of them must never become one. */
const UNSAFE_IN_MEMBER = /[^!-~]|[:|#@%]/g;

/** A name, a key or a value with every unsafe character (UTF-16 unit) as an underscore. Never empty. */
export function sanitize(text: string): string {
  return text === '' ? '_' : text.replace(UNSAFE, '_');
}

export function sanitisedTagValue(text: string): string {
  return text === '' ? '_' : text.replace(UNSAFE_IN_TAG_VALUE, '_');
}

/** A set's member with every unsafe character as `%xx` or `%uxxxx`; `%` alone stands for the empty one. */
export function escapeSetMember(text: string): string {
  return text === '' ? '%' : text.replace(UNSAFE_IN_MEMBER, escaped);
}

function escaped(character: string): string {
  const code = character.charCodeAt(0).toString(16);
  return code.length > 2 ? `%u${code.padStart(4, '0')}` : `%${code.padStart(2, '0')}`;
}
