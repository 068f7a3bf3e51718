/** One resolution of the history: a number of buckets of equal length. */
export interface Rollup {
  /** Seconds of a bucket. Buckets begin at multiples of it since the epoch, so days are UTC days. */
  readonly step: number;
  /**
   * Number of complete buckets to keep. The current bucket and one more, for readers at the edge, are kept in addition.
   */
  readonly points: number;
}

/** An hour in steps of ten seconds, a week in hours, ninety days in days. */
export const DEFAULT_ROLLUPS: readonly Rollup[] = [
  { step: 10, points: 360 },
  { step: 3600, points: 168 },
  { step: 86_400, points: 90 },
];

/** Seconds that a sample's own time may be ahead of the clock: clocks of machines differ a little. */
export const MAX_AHEAD_SECONDS = 60;

const MAX_ROLLUP_POINTS = 100_000;

/** Returns the start of the bucket that contains `time`, in seconds. */
export function bucketStart(step: number, time: number): number {
  return Math.floor(time / step) * step;
}

/** Returns the start of the oldest bucket that a rollup keeps at the time `now`, in seconds. */
export function oldestBucket({ step, points }: Rollup, now: number): number {
  return bucketStart(step, now) - (points + 1) * step;
}

/** Returns the number of buckets from the oldest that is kept to the latest that a sample may be written to. */
export function maxBuckets({ step, points }: Rollup): number {
  return points + 2 + Math.ceil(MAX_AHEAD_SECONDS / step);
}

/** A rollup, and the time in seconds since when it has every sample. It is older than {@link oldestBucket} if all is well. */
export interface RollupReach {
  readonly rollup: Rollup;
  readonly completeSince: number;
}

/**
 * Returns the rollup for a read that begins at `start`. Without `step` it is the finest one that reaches back to `start`;
 * with `step` it is the coarsest one that reaches back and whose step divides it, which is the least data to read. If no
 * rollup reaches back, it is the one that reaches furthest.
 *
 * @throws {RangeError} if `step` is not a multiple of the step of any rollup.
 */
export function chooseRollup(rollups: readonly RollupReach[], start: number, now: number, step?: number): RollupReach {
  const fitting = step === undefined ? rollups : rollups.filter(({ rollup }) => step % rollup.step === 0);
  const reaching = fitting.filter((each) => firstComplete(each, now) <= start);
  const chosen = step === undefined ? reaching[0] : reaching.at(-1);
  const found = chosen ?? longestReach(fitting, now);
  if (found !== undefined) return found;
  const steps = rollups.map(({ rollup }) => rollup.step).join(', ');
  throw new RangeError(`step must be a multiple of one of ${steps} seconds, not ${step}.`);
}

function longestReach(rollups: readonly RollupReach[], now: number): RollupReach | undefined {
  return rollups.reduce<RollupReach | undefined>(
    (best, each) => (best === undefined || firstComplete(each, now) < firstComplete(best, now) ? each : best),
    undefined,
  );
}

/** Returns the start of the oldest bucket that is kept and complete, in seconds. */
function firstComplete({ rollup, completeSince }: RollupReach, now: number): number {
  return Math.max(oldestBucket(rollup, now), Math.ceil(completeSince / rollup.step) * rollup.step);
}

/**
 * Returns a copy of the rollups, from fine to coarse.
 *
 * @throws {TypeError} or {RangeError}, naming the option and showing its value.
 */
export function resolveRollups(rollups: readonly Rollup[]): readonly Rollup[] {
  if (!Array.isArray(rollups) || rollups.length === 0)
    throw new TypeError('rollups must be a list of at least one { step, points }.');
  const resolved = rollups.map(({ step, points }) => ({ step, points })).sort((one, other) => one.step - other.step);
  for (const { step, points } of resolved) {
    if (!Number.isSafeInteger(step) || step < 1)
      throw new RangeError(`rollups: step must be a whole number of seconds, not ${step}.`);
    if (!Number.isSafeInteger(points) || points < 1 || points > MAX_ROLLUP_POINTS)
      throw new RangeError(`rollups: points must be a whole number from 1 to ${MAX_ROLLUP_POINTS}, not ${points}.`);
  }
  const finest = resolved[0]!.step;
  resolved.forEach(({ step }, index) => {
    if (step % finest !== 0)
      throw new RangeError(`rollups: each step must be a multiple of the finest, and ${step} is not one of ${finest}.`);
    if (resolved[index - 1]?.step === step)
      throw new RangeError(`rollups: the step ${step} is there twice; keep one of them.`);
  });
  return resolved;
}
