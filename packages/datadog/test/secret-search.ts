const SHORTEST = 8;

/**
 * Every part of a secret, of eight characters and more, that stands in a text: as it is, as a URL, as base64, as bytes in
 * hexadecimal or in decimal, in either case.
 */
export function partsFound(text: string, secret: string): string[] {
  const searched = text.toLowerCase();
  const found: string[] = [];
  for (let start = 0; start + SHORTEST <= secret.length; start += 1) {
    const part = secret.slice(start, start + SHORTEST);
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
    // Where a part begins within the three bytes of a group is not known; what its neighbours decide is left out.
    ...[0, 1, 2].map((offset) =>
      Buffer.from('-'.repeat(offset) + part)
        .toString('base64')
        .slice(offset === 0 ? 0 : offset + 1, -3),
    ),
  ];
}
