// Strings of events and service checks, escaped and truncated.

/** The longest string that is sent. */
export interface TextLimit {
  /** Code points. @default no limit */
  readonly characters?: number | undefined;
  /** Bytes of UTF-8, escapes included. */
  readonly bytes: number;
}

/**
 * Encodes a string for an event or a service check: a line break becomes `\n` in two characters, other control characters
 * become spaces. A longer string is truncated between two characters.
 */
export function truncateText(text: string, { characters = Number.POSITIVE_INFINITY, bytes }: TextLimit): string {
  // A character has at most two units and at least one byte, so later units are never part of the result.
  const considered = text.slice(0, 2 * Math.min(characters, bytes)).replaceAll(/\r\n?/g, '\n');
  let truncated = '';
  let length = 0;
  let count = 0;
  for (const character of considered) {
    const encoded = encodeCharacter(character);
    length += Buffer.byteLength(encoded);
    count += 1;
    if (length > bytes || count > characters) break;
    truncated += encoded;
  }
  return truncated;
}

/** Does the same for a field that ends at a bar, which cannot be escaped. */
export function truncateField(text: string, limit: TextLimit): string {
  return truncateText(text.replaceAll('|', '_'), limit);
}

function encodeCharacter(character: string): string {
  if (character === '\n') return '\\n';
  const code = character.codePointAt(0)!;
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return ' ';
  // A lone surrogate cannot be encoded in UTF-8.
  return code >= 0xd800 && code <= 0xdfff ? '\ufffd' : character;
}
