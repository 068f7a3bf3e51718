/** Control characters, all line ends, characters that change the direction of the text after them, and half characters. */
const UNSAFE = /[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029]/u;
const ALL_UNSAFE = new RegExp(UNSAFE, 'gu');
const QUOTE_OR_BACKSLASH = /['\\]/g;
const SHORT_ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Escapes a string so that it stays in its line and moves no cursor: a newline becomes `\n`, an escape character `\x1b`, a line
 * separator `\u2028`. Half of a surrogate pair, which is no valid text, becomes U+FFFD. All other characters, backslashes too, are unchanged.
 */
export function escape(text: string): string {
  return UNSAFE.test(text) ? text.replace(ALL_UNSAFE, escapeCharacter) : text;
}

/** Escapes a string and puts it into single quotes, which it cannot end. */
export function quote(text: string): string {
  return `'${escape(text.replace(QUOTE_OR_BACKSLASH, '\\$&'))}'`;
}

function escapeCharacter(character: string): string {
  if (!character.isWellFormed()) return '\ufffd';
  const code = character.charCodeAt(0).toString(16);
  return SHORT_ESCAPES[character] ?? (code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`);
}
