import type { StatsdStats } from '../src/index.js';

/** Returns the sum of sent, pending and dropped samples, which must equal `accepted` at every moment. */
export function accountedFor({ sent, pending, dropped }: StatsdStats): number {
  return sent + pending + Object.values(dropped).reduce((sum, count) => sum + count, 0);
}
