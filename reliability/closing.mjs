// @ts-check
// The ways to end an application that still runs afterwards.
import { metrics } from '@metrics/core';

const CLOSE_TIMEOUT = 2000;

/** @param {import('./plan.mjs').Finish} how */
export async function closeAs(how) {
  const deadline = { timeout: CLOSE_TIMEOUT };
  if (how === 'close in exit hook') process.once('beforeExit', () => void metrics.close(deadline));
  else if (how === 'close in withTags') await metrics.withTags({ shard: '1' }, () => metrics.close(deadline));
  else if (how === 'close twice together') await Promise.all([metrics.close(deadline), metrics.close(deadline)]);
  else if (how !== 'natural end') {
    await metrics.close(deadline);
    if (how === 'close twice') await metrics.close(deadline);
  }
}

export function throwError() {
  throw new Error('of the application');
}
