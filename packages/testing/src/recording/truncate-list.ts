/**
 * Returns the first `max` parts and, if there are more, a last one that says how many: for strings that people read.
 */
export function truncateList(parts: readonly string[], max: number, noun: string): string[] {
  if (parts.length <= max) return [...parts];
  return [...parts.slice(0, max), `… and ${parts.length - max} more ${noun}`];
}
