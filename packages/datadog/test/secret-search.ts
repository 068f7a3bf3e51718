const MIN_PART_LENGTH = 8;

/**
 * Returns every part of a secret, of eight or more characters, that a string contains: unchanged, URL-encoded, as base64,
 * or as hexadecimal or decimal bytes, in upper or lower case.
 */
export function partsFound(text: string, secret: string): string[] {
  const searched = text.toLowerCase();
  const found: string[] = [];
  for (let start = 0; start + MIN_PART_LENGTH <= secret.length; start += 1) {
    const part = secret.slice(start, start + MIN_PART_LENGTH);
    for (const disguise of disguises(part)) {
      if (searched.includes(disguise.toLowerCase())) found.push(disguise);
    }
  }
  return found;
}

function disguises(part: string): string[] {
  const bytes = [...Buffer.from(part)];
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0'));
  return [
    part,
    encodeURIComponent(part),
    hex.map((digits) => `%${digits}`).join(''),
    hex.join(''),
    hex.join(' '),
    bytes.join(','),
    bytes.join(', '),
    // A part may start at any of the three bytes of a group. Digits that depend on its neighbors are omitted.
    ...[0, 1, 2].map((offset) =>
      Buffer.from('-'.repeat(offset) + part)
        .toString('base64')
        .slice(offset === 0 ? 0 : offset + 1, -3),
    ),
  ];
}
