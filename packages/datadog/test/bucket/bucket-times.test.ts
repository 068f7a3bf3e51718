import fc from 'fast-check';
import { BucketTimes } from '../../src/bucket/bucket-times.js';
import type { PointSource } from '../../src/bucket/point-source.js';

const START = 1_790_000_000_000;
const SECOND = START / 1000;

/** A source of which no point was sent before this time. */
function sourceSince(milliseconds: number): PointSource {
  return { processTag: undefined, lastSecond: Math.floor(milliseconds / 1000) };
}

const unused = (): PointSource => sourceSince(START - 3_600_000);

test('a closed bucket is dated with its first second, and covers the time since the last one', () => {
  const times = new BucketTimes(10, START + 4000, unused());
  expect(times.untilClose(START + 4000)).toBe(6000);
  expect(times.next(START + 10_003, true)).toEqual({ timestamp: SECOND, interval: 6 });
  expect(times.next(START + 20_001, true)).toEqual({ timestamp: SECOND + 10, interval: 10 });
  // The process was suspended for an hour.
  expect(times.next(START + 3_700_000, true)).toEqual({ timestamp: SECOND + 3690, interval: 3680 });
});

test('parts that are sealed early get one free second after the other', () => {
  const times = new BucketTimes(10, START, unused());
  const parts = [7200, 7300, 9000].map((at) => times.next(START + at, false));
  expect(parts).toEqual([
    { timestamp: SECOND, interval: 7 },
    { timestamp: SECOND + 1, interval: 1 },
    { timestamp: SECOND + 2, interval: 2 },
  ]);
  expect(times.next(START + 10_000, true)).toEqual({ timestamp: SECOND + 3, interval: 1 });
});

test('at the start of a bucket a few flushes in one second need not wait', () => {
  const times = new BucketTimes(10, START, unused());
  const now = START + 100;
  const parts = [1, 2, 3, 4, 5, 6].map(() => [times.untilFree(now, false), times.next(now, false).timestamp - SECOND]);
  expect(parts).toEqual([-5, -4, -3, -2, -1, 0].map((second) => [0, second]));
  expect(times.untilFree(now, false)).toBe(900);
});

test('sealing too often has to wait, and no date is ahead of the clock', () => {
  const times = new BucketTimes(10, START, unused());
  let now = START;
  let waited = 0;
  for (let seal = 0; seal < 500; seal += 1) {
    const wait = times.untilFree(now, false);
    waited += wait;
    now += wait;
    expect(times.next(now, false).timestamp * 1000).toBeLessThanOrEqual(now);
  }
  // After the spare seconds, each seal waits for its second.
  expect(waited).toBe(494_000);
});

test.each([30, 500, 7200])('a clock that is set back by %i seconds stops nothing', (seconds) => {
  const times = new BucketTimes(10, START, unused());
  const before = [times.next(START, false).timestamp, times.next(START, false).timestamp];
  const now = START - seconds * 1000;
  expect(times.untilFree(now, false)).toBe(0);
  const { timestamp } = times.next(now, false);
  expect(before).not.toContain(timestamp);
  // The intake accepts ten minutes.
  expect(timestamp * 1000 - now).toBeLessThan(600_000);
});

test('no second is used twice, whenever processes start and end, and whatever they flush', () => {
  const step = fc.record({
    wait: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 15_000 })),
    step: fc.constantFrom('close a bucket', 'seal', 'seal', 'start another process', 'replace the backend'),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), fc.constantFrom(1, 10, 60), (steps, seconds) => {
      let now = START;
      let source = sourceSince(now);
      let times = new BucketTimes(seconds, now, source);
      let last = Number.NEGATIVE_INFINITY;
      for (const { wait, step: action } of steps) {
        now += wait;
        if (action === 'start another process') source = sourceSince(now);
        if (action === 'start another process' || action === 'replace the backend') {
          times = new BucketTimes(seconds, now, source);
          continue;
        }
        const closed = action === 'close a bucket';
        now += times.untilFree(now, closed);
        const { timestamp, interval } = times.next(now, closed);
        expect(timestamp).toBeGreaterThan(last);
        expect(timestamp * 1000).toBeLessThanOrEqual(now);
        expect(Number.isInteger(timestamp) && Number.isInteger(interval) && interval >= 1).toBe(true);
        last = timestamp;
      }
    }),
  );
});
