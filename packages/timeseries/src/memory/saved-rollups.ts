// The rollups in the header of a snapshot, which may differ from the current ones.
import { MAX_ROLLUP_POINTS, MAX_SECONDS, oldestBucket, type Rollup } from '../rollup.js';

/** A rollup in a snapshot. */
interface SavedRollup extends Rollup {
  /** Time since when it has every sample, in seconds. */
  readonly since: number;
}

/** The part of a snapshot's header that describes its rollups. */
export interface SavedRollups {
  /** When the snapshot was written, in seconds. */
  readonly time: number;
  readonly rollups: readonly SavedRollup[];
}

/** From where a rollup is restored. */
export interface RollupSource {
  /** Step of the saved rollup whose buckets fill this one, in seconds; `undefined` if none fits. */
  readonly step: number | undefined;
  /** Time since when the restored rollup has every sample, in seconds. */
  readonly completeSince: number;
}

export function describeRollups(
  rollups: readonly Rollup[],
  sources: readonly RollupSource[],
  time: number,
): SavedRollups {
  return { time, rollups: rollups.map((rollup, index) => ({ ...rollup, since: sources[index]?.completeSince ?? 0 })) };
}

/**
 * Returns the rollups in the header of a snapshot. One without them was written with the current ones.
 *
 * @param now seconds since the epoch.
 * @throws {Error} if they are invalid.
 */
export function parseRollups(header: unknown, current: readonly Rollup[], now: number): SavedRollups {
  const { time, rollups } = header as Partial<SavedRollups>;
  if (rollups === undefined) return describeRollups(current, [], now);
  const isValid =
    isWithin(time, 0, MAX_SECONDS) &&
    Array.isArray(rollups) &&
    rollups.every(
      (each: Partial<SavedRollup> | null) =>
        isWithin(each?.step, 1, MAX_SECONDS) &&
        isWithin(each?.points, 1, MAX_ROLLUP_POINTS) &&
        isWithin(each?.since, 0, MAX_SECONDS),
    );
  if (!isValid) throw new Error('the rollups in its header are invalid');
  return { time, rollups };
}

function isWithin(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && value >= min && value <= max;
}

/**
 * Returns the step of the saved rollup that reaches back furthest, if no source reaches as far: a part of the history is
 * not read any more.
 */
export function findUnreadStep(sources: readonly RollupSource[], saved: SavedRollups): number | undefined {
  const reach = ({ step, points }: Rollup) => step * points;
  const byReach = [...saved.rollups].sort((one, other) => reach(one) - reach(other));
  const longest = byReach.at(-1);
  const used = byReach.findLast(({ step }) => sources.some((source) => source.step === step));
  return longest !== undefined && (used === undefined || reach(used) < reach(longest)) ? longest.step : undefined;
}

/**
 * Returns the source of each rollup: the saved one of the same step, or else the one that reaches back furthest of those
 * whose buckets fit into its own.
 *
 * @param now seconds since the epoch.
 */
export function findSources(rollups: readonly Rollup[], saved: SavedRollups, now: number): RollupSource[] {
  return rollups.map((rollup) => {
    const fitting = saved.rollups
      .filter(({ step }) => rollup.step % step === 0)
      .sort((one, other) => one.points * one.step - other.points * other.step);
    const source = fitting.find(({ step }) => step === rollup.step) ?? fitting.at(-1);
    if (source === undefined) return { step: undefined, completeSince: now };
    const reachedBackTo = oldestBucket(source, saved.time);
    const isLonger = oldestBucket(rollup, saved.time) < reachedBackTo;
    return { step: source.step, completeSince: isLonger ? Math.max(source.since, reachedBackTo) : source.since };
  });
}
