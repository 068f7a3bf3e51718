// What becomes of the history in a snapshot when the option `rollups` changed.
import { oldestBucket, type Rollup } from '../rollup.js';

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
 * Returns the step of the saved rollup that reaches back furthest, if no source reaches as far: a part of the history is
 * not read any more.
 */
export function findUnreadStep(sources: readonly RollupSource[], header: unknown): number | undefined {
  const reach = ({ step, points }: Rollup) => step * points;
  const saved = [...((header as Partial<SavedRollups>).rollups ?? [])].sort((one, other) => reach(one) - reach(other));
  const longest = saved.at(-1);
  const used = saved.findLast(({ step }) => sources.some((source) => source.step === step));
  return longest !== undefined && (used === undefined || reach(used) < reach(longest)) ? longest.step : undefined;
}

/**
 * Returns the source of each rollup: the saved one of the same step, or else the one that reaches back furthest of those
 * whose buckets fit into its own.
 *
 * @param header the header of a snapshot. One without rollups was written with these.
 * @param now seconds since the epoch.
 */
export function findSources(rollups: readonly Rollup[], header: unknown, now: number): RollupSource[] {
  const { time = now, rollups: saved = rollups } = header as Partial<SavedRollups>;
  return rollups.map((rollup) => {
    const fitting = saved
      .filter(({ step }) => rollup.step % step === 0)
      .sort((one, other) => one.points * one.step - other.points * other.step);
    const source = fitting.find(({ step }) => step === rollup.step) ?? fitting.at(-1);
    if (source === undefined) return { step: undefined, completeSince: now };
    const { since = 0 } = source as Partial<SavedRollup>;
    const reachedBackTo = oldestBucket(source, time);
    const isLonger = oldestBucket(rollup, time) < reachedBackTo;
    return { step: source.step, completeSince: isLonger ? Math.max(since, reachedBackTo) : since };
  });
}
