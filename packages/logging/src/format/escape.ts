/** Control characters, other line ends, and characters that reverse the direction of what follows. */
const UNSAFE = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;
const ALL_UNSAFE = new RegExp(UNSAFE, 'gu');
const QUOTE_OR_BACKSLASH = /['\\]/g;
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Text that stays in its line and moves no cursor: a newline becomes `\n`, an escape `\x1b`, a line separator `\u2028`.
 * Everything else, backslashes too, is left as it is.
 */
export function escaped(text: string): string {
  return UNSAFE.test(text) ? text.replace(ALL_UNSAFE, escapeOf) : text;
}

/** Text in single quotes that cannot end them early. */
export function quoted(text: string): string {
  return `'${escaped(text.replace(QUOTE_OR_BACKSLASH, '\\$&'))}'`;
}

function escapeOf(character: string): string {
  const code = character.charCodeAt(0).toString(16);
  return SHORT[character] ?? (code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`);
}
