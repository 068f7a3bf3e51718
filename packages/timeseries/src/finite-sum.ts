/** Returns the sum of two finite numbers. A sum that overflows is the largest finite number with its sign. */
export function addFinite(one: number, other: number): number {
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, one + other));
}
