import fc from 'fast-check';
import { type BucketTime, BucketTimes } from '../../src/bucket/bucket-times.js';
import type { UsedSeconds } from '../../src/bucket/point-source.js';

const START = 1_790_000_000_000;
const SECOND = START / 1000;

/** A clock whose wall time can be set. */
class TestClock {
  time = START;
  #offset = 0;

  now(): number {
    return this.time;
  }

  elapsed(): number {
    return this.time + this.#offset - START;
  }

  /** Changes the wall time only. */
  set(time: number): void {
    this.#offset += this.time - time;
    this.time = time;
  }
}

let clock: TestClock;

beforeEach(() => {
  clock = new TestClock();
});

/** The seconds of a source that starts at this time. */
function usedBefore(milliseconds: number): UsedSeconds {
  return { last: Math.floor(milliseconds / 1000) };
}

/** Starts in a process that is an hour old. */
function start(): BucketTimes {
  return new BucketTimes(10, clock, usedBefore(START - 3_600_000));
}

/** Returns the next time at these milliseconds, relative to the start. */
function next(times: BucketTimes, at: number, closed: boolean): Pick<BucketTime, 'timestamp' | 'interval'> {
  clock.time = START + at;
  const { timestamp, interval } = times.next(closed);
  return { timestamp: timestamp - SECOND, interval };
}

test('a closed bucket is dated with its first second, and covers the time since the last one', () => {
  clock.time += 4000;
  const times = start();
  expect(times.untilClose()).toBe(6000);
  expect(next(times, 10_003, true)).toEqual({ timestamp: 0, interval: 6 });
  expect(next(times, 20_001, true)).toEqual({ timestamp: 10, interval: 10 });
  // The process was suspended for an hour.
  expect(next(times, 3_700_000, true)).toEqual({ timestamp: 3690, interval: 3680 });
});

test('parts that are sealed early get one free second after the other', () => {
  const times = start();
  expect([7200, 7300, 9000].map((at) => next(times, at, false))).toEqual([
    { timestamp: 0, interval: 7 },
    { timestamp: 1, interval: 1 },
    { timestamp: 2, interval: 2 },
  ]);
  expect(next(times, 10_000, true)).toEqual({ timestamp: 3, interval: 1 });
});

test('at the start of a bucket a few flushes in one second need not wait', () => {
  const times = start();
  const parts = [1, 2, 3, 4, 5, 6].map(() => [times.untilFree(false), next(times, 100, false).timestamp]);
  expect(parts).toEqual([-5, -4, -3, -2, -1, 0].map((second) => [0, second]));
  expect([times.untilFree(false), times.untilReached()]).toEqual([900, 0]);
});

test('sealing too often has to wait, and no date is ahead of the clock', () => {
  const times = start();
  let waited = 0;
  for (let seal = 0; seal < 500; seal += 1) {
    const wait = times.untilFree(false);
    waited += wait;
    clock.time += wait;
    expect(times.next(false).timestamp * 1000).toBeLessThanOrEqual(clock.time);
  }
  // After the spare seconds, each seal waits for its second.
  expect(waited).toBe(494_000);
});

test.each([30, 500, 7200])('a clock that is set back by %i seconds stops nothing', (seconds) => {
  const times = start();
  const before = [times.next(false).timestamp, times.next(false).timestamp];
  clock.set(START - seconds * 1000);
  expect([times.untilFree(false), times.untilReached()]).toEqual([0, 0]);
  const { timestamp, interval } = times.next(false);
  expect(interval).toBe(1);
  expect(before).not.toContain(timestamp);
  // The intake accepts ten minutes.
  expect(timestamp * 1000 - clock.time).toBeLessThan(600_000);
});

test('no second is used twice, whenever processes start and end, and whatever they flush', () => {
  const step = fc.record({
    wait: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 15_000 })),
    step: fc.constantFrom('close a bucket', 'seal', 'seal', 'start another process', 'replace the backend'),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), fc.constantFrom(1, 10, 60), (steps, seconds) => {
      clock = new TestClock();
      let used = usedBefore(clock.time);
      let times = new BucketTimes(seconds, clock, used);
      let last = Number.NEGATIVE_INFINITY;
      for (const { wait, step: action } of steps) {
        clock.time += wait;
        if (action === 'start another process') used = usedBefore(clock.time);
        if (action === 'start another process' || action === 'replace the backend') {
          times = new BucketTimes(seconds, clock, used);
          continue;
        }
        const closed = action === 'close a bucket';
        clock.time += times.untilFree(closed);
        const { timestamp, interval } = times.next(closed);
        expect(timestamp).toBeGreaterThan(last);
        expect(timestamp * 1000).toBeLessThanOrEqual(clock.time);
        expect(Number.isInteger(timestamp) && Number.isInteger(interval) && interval >= 1).toBe(true);
        last = timestamp;
      }
    }),
  );
});
