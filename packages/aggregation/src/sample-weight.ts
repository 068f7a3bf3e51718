// Sampling rates as integers.

/** Beyond it, a rate means "next to never", and 1/k could not be written exactly. */
const MAX_WEIGHT = 1e9;

/**
 * Returns how many samples a kept one represents: the integer k of the rate 1/k nearest to `rate`, from 1 to 1e9. Servers
 * multiply by the inverse of the rate they read, and several truncate it, so only inverses of integers are restored exactly.
 */
export function sampleWeight(rate: number): number {
  if (rate >= 1) return 1;
  return rate > 0 ? Math.min(Math.round(1 / rate), MAX_WEIGHT) : MAX_WEIGHT;
}
