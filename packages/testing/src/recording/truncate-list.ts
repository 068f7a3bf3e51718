/** The first of many parts, and how many more there are: for texts that people read. */
export function shortened(parts: readonly string[], most: number, noun: string): string[] {
  if (parts.length <= most) return [...parts];
  return [...parts.slice(0, most), `… and ${parts.length - most} more ${noun}`];
}
