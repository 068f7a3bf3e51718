/** How much of a text is sent. */
export interface TextLimit {
  /** Code points. @default no limit */
  readonly characters?: number | undefined;
  /** Of UTF-8, escapes included. */
  readonly bytes: number;
}

/**
 * A text as events and service checks carry it: a line break is `\n` in two characters, other control characters are
 * spaces. One that is too long is cut between two characters.
 */
export function cutText(text: string, { characters = Number.POSITIVE_INFINITY, bytes }: TextLimit): string {
  // Nothing beyond can be in it: a character has two units at most, and is a byte at least.
  const considered = text.slice(0, 2 * Math.min(characters, bytes)).replaceAll(/\r\n?/g, '\n');
  let cut = '';
  let length = 0;
  let count = 0;
  for (const character of considered) {
    const safe = safeCharacter(character);
    length += Buffer.byteLength(safe);
    count += 1;
    if (length > bytes || count > characters) break;
    cut += safe;
  }
  return cut;
}

/** The same for a field that ends at a bar, which cannot be escaped. */
export function cutField(text: string, limit: TextLimit): string {
  return cutText(text.replaceAll('|', '_'), limit);
}

function safeCharacter(character: string): string {
  if (character === '\n') return '\\n';
  const code = character.codePointAt(0)!;
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return ' ';
  // Half of a surrogate pair cannot be written in UTF-8.
  return code >= 0xd800 && code <= 0xdfff ? '\ufffd' : character;
}
