import fc from 'fast-check';
import { BucketTimes } from '../../src/bucket/bucket-times.js';

const START = 1_790_000_000_000;

test('a closed bucket is dated with its first second, and covers the time since the last one', () => {
  const times = new BucketTimes(10, START + 4000);
  expect(times.untilClose(START + 4000)).toBe(6000);
  expect(times.next(START + 10_003, true)).toEqual({ timestamp: START / 1000, interval: 6 });
  expect(times.next(START + 20_001, true)).toEqual({ timestamp: START / 1000 + 10, interval: 10 });
  // The process was suspended for an hour.
  expect(times.next(START + 3_700_000, true)).toEqual({ timestamp: START / 1000 + 3690, interval: 3680 });
});

test('parts that are sealed early get the seconds after the first one', () => {
  const times = new BucketTimes(10, START);
  const parts = [3200, 3300, 9000].map((at) => times.next(START + at, false));
  expect(parts).toEqual([
    { timestamp: START / 1000, interval: 3 },
    { timestamp: START / 1000 + 1, interval: 1 },
    { timestamp: START / 1000 + 2, interval: 6 },
  ]);
  expect(times.next(START + 10_000, true)).toEqual({ timestamp: START / 1000 + 3, interval: 1 });
});

test('sealing too often has to wait, and dates are at most a minute ahead', () => {
  const times = new BucketTimes(10, START);
  let now = START;
  let waited = 0;
  for (let seal = 0; seal < 500; seal += 1) {
    const wait = times.untilFree(now);
    waited += wait;
    now += wait;
    const { timestamp } = times.next(now, false);
    expect(timestamp - now / 1000).toBeLessThanOrEqual(60);
  }
  // After the first minute, each seal waits for its second.
  expect(waited).toBeGreaterThan(430_000);
  expect(waited).toBeLessThan(450_000);
});

test('a clock that is set back by hours does not stop anything', () => {
  const times = new BucketTimes(10, START);
  times.next(START, false);
  const earlier = START - 7_200_000;
  expect(times.untilFree(earlier)).toBe(0);
  expect(times.next(earlier, false).timestamp).toBe(earlier / 1000);
});

test('each second is used once, in any order of closes and seals', () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 15_000 }), fc.boolean()), { maxLength: 200 });
  fc.assert(
    fc.property(steps, fc.constantFrom(1, 10, 60), (all, seconds) => {
      const times = new BucketTimes(seconds, START);
      let now = START;
      let last = Number.NEGATIVE_INFINITY;
      for (const [step, closed] of all) {
        now += step + times.untilFree(now + step);
        const { timestamp, interval } = times.next(now, closed);
        expect(timestamp).toBeGreaterThan(last);
        expect(Number.isInteger(timestamp) && Number.isInteger(interval) && interval >= 1).toBe(true);
        last = timestamp;
      }
    }),
  );
});
