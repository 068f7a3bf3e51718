import { ManualClock } from 'test-kit/manual-clock';
import { withElapsed } from '../../src/clock.js';
import { ProgressWaiters } from '../../src/delivery/progress-waiters.js';

/** Counts what is scheduled. */
class CountingClock extends ManualClock {
  scheduled = 0;

  override schedule(milliseconds: number, run: () => void): { cancel(): void; setRef(): void } {
    this.scheduled += 1;
    return super.schedule(milliseconds, run);
  }
}

const busy = { isIdle: false, nextAttempt: 0 };

test('a thousand waiting callers share a timer, and each ends at its own timeout', async () => {
  const clock = new CountingClock(0);
  const waiters = new ProgressWaiters(withElapsed(clock), () => waiters.resolveDue(busy));
  let ended = 0;
  for (let i = 0; i < 1000; i += 1) void waiters.wait(1000 + (i % 2) * 500, busy).then(() => (ended += 1));
  for (let i = 0; i < 10; i += 1) waiters.resolveDue(busy);
  expect(clock.scheduled).toBeLessThan(20);
  for (const [milliseconds, expected] of [
    [999, 0],
    [1, 500],
    [499, 500],
    [1, 1000],
  ] as const) {
    clock.advance(milliseconds);
    await Promise.resolve();
    expect(ended).toBe(expected);
  }
  expect(waiters.size).toBe(0);
});

test('progress restarts the timeouts, and a delivery that is idle ends all waits', async () => {
  const clock = new ManualClock(0);
  const waiters = new ProgressWaiters(withElapsed(clock), () => waiters.resolveDue(busy));
  let ended = 0;
  for (let i = 0; i < 3; i += 1) void waiters.wait(1000, busy).then(() => (ended += 1));
  clock.advance(900);
  waiters.recordProgress();
  clock.advance(999);
  await Promise.resolve();
  expect(ended).toBe(0);
  clock.advance(1);
  await Promise.resolve();
  expect(ended).toBe(3);
  await waiters.wait(1000, { isIdle: true, nextAttempt: 0 });
  await waiters.wait(1000, { isIdle: false, nextAttempt: 10_000 });
  expect(waiters.size).toBe(0);
});
