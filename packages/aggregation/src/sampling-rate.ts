/** Beyond it a rate means "next to never", and its inverse would not be written exactly. */
const LARGEST = 1e9;

/**
 * A sampling rate rounded to 1/k, answered as the integer k: servers scale by the inverse, and several truncate it, so
 * only inverses of integers are scaled back exactly.
 */
export function sampleWeight(rate: number): number {
  if (rate >= 1) return 1;
  return rate > 0 ? Math.min(Math.round(1 / rate), LARGEST) : LARGEST;
}
