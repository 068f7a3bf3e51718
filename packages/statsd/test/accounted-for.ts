import type { StatsdStats } from '../src/index.js';

/** All samples whose fate is known or pending: what `accepted` must be, at every moment. */
export function accountedFor({ sent, pending, dropped }: StatsdStats): number {
  return sent + pending + Object.values(dropped).reduce((sum, count) => sum + count, 0);
}
