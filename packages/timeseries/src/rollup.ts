/** One resolution of the history: so many buckets of so many seconds. */
export interface Rollup {
  /** Seconds a bucket is long. Buckets begin at multiples of it since the epoch, so days are days of UTC. */
  readonly step: number;
  /** How many complete buckets are kept. The current one, and one of grace for readers at its edge, come on top. */
  readonly points: number;
}

/** An hour in steps of ten seconds, a week in hours, ninety days in days. */
export const DEFAULT_ROLLUPS: readonly Rollup[] = [
  { step: 10, points: 360 },
  { step: 3600, points: 168 },
  { step: 86_400, points: 90 },
];

/** Seconds a sample's own time may lie ahead of the clock: machines disagree a little. */
export const MOST_AHEAD = 60;

/** The largest number of points of one rollup. */
const MOST_POINTS = 100_000;

/** The start of the bucket that holds `time`, in seconds. */
export function bucketStart(step: number, time: number): number {
  return Math.floor(time / step) * step;
}

/** The start of the oldest bucket that a rollup keeps at the time `now`. */
export function oldestBucket({ step, points }: Rollup, now: number): number {
  return bucketStart(step, now) - (points + 1) * step;
}

/** How many buckets there are at most between the oldest one and the latest that a sample may be written to. */
export function bucketsKept({ step, points }: Rollup): number {
  return points + 2 + Math.ceil(MOST_AHEAD / step);
}

/**
 * The rollup to read from `start` on: by the age of the range, hence by its span too. The finest one that still reaches
 * back to `start`; with a wanted `step` the coarsest of those whose steps divide it, which is the least to read. Where
 * none reaches back, the one that reaches furthest.
 *
 * @throws {RangeError} when `step` is no multiple of the step of any rollup.
 */
export function chooseRollup(rollups: readonly Rollup[], start: number, now: number, step?: number): Rollup {
  const fitting = step === undefined ? rollups : rollups.filter((rollup) => step % rollup.step === 0);
  const reaching = fitting.filter((rollup) => oldestBucket(rollup, now) <= start);
  const chosen = step === undefined ? reaching[0] : reaching.at(-1);
  const found = chosen ?? furthestBack(fitting, now);
  if (found !== undefined) return found;
  const steps = rollups.map((rollup) => rollup.step).join(', ');
  throw new RangeError(`step must be a multiple of one of ${steps} seconds, not ${step}.`);
}

function furthestBack(rollups: readonly Rollup[], now: number): Rollup | undefined {
  return rollups.reduce<Rollup | undefined>(
    (best, rollup) => (best === undefined || oldestBucket(rollup, now) < oldestBucket(best, now) ? rollup : best),
    undefined,
  );
}

/**
 * Rollups from fine to coarse, copied.
 *
 * @throws {TypeError} or {RangeError}, naming the option and showing its value.
 */
export function checkedRollups(rollups: readonly Rollup[]): readonly Rollup[] {
  if (!Array.isArray(rollups) || rollups.length === 0)
    throw new TypeError('rollups must be a list of at least one { step, points }.');
  const checked = rollups.map(({ step, points }) => ({ step, points })).sort((one, other) => one.step - other.step);
  for (const { step, points } of checked) {
    if (!Number.isSafeInteger(step) || step < 1)
      throw new RangeError(`rollups: step must be a whole number of seconds, not ${step}.`);
    if (!Number.isSafeInteger(points) || points < 1 || points > MOST_POINTS)
      throw new RangeError(`rollups: points must be a whole number from 1 to ${MOST_POINTS}, not ${points}.`);
  }
  const finest = checked[0]!.step;
  checked.forEach(({ step }, index) => {
    if (step % finest !== 0)
      throw new RangeError(`rollups: each step must be a multiple of the finest, and ${step} is none of ${finest}.`);
    if (checked[index - 1]?.step === step) throw new RangeError(`rollups: the step ${step} is there twice.`);
  });
  return checked;
}
