// The reads of the backend, over any store.
import { describeValue, matchesPattern } from '@metrics/core/backend';
import {
  type AnyReadOptions,
  type CheckedReadOptions,
  checkName,
  checkReadOptions,
  type GroupedRangeOptions,
  type RangeOptions,
  type ReadOptions,
  recordedKey,
  recordedTag,
} from './read-options.js';
import { bucketStart, chooseRollup, MAX_AHEAD_SECONDS, oldestBucket, type Rollup, type RollupReach } from './rollup.js';
import { resolveStatistic, type Statistic } from './statistic.js';
import type { StoredSeries } from './stored-series.js';
import type { StoreQuery, TimeSeriesStore } from './time-series-store.js';
import { isTurnOver, nextTurn } from './turns.js';

/** The start of a bucket in seconds since the epoch, and its value; `null` if nothing was recorded in it. */
export type Point = readonly [timestamp: number, value: number | null];

/** A value of a tag, and the statistic of its series. */
export interface TopEntry {
  /** The value of the tag. */
  readonly tagValue: string;
  /** The statistic of all series with this value, over the whole range. */
  readonly value: number;
}

export interface TimeSeriesReaderOptions {
  readonly store: TimeSeriesStore;
  readonly rollups: readonly Rollup[];
  /** Returns seconds since the epoch. */
  readonly now: () => number;
  /** Hands the buffered samples of a key to the store, so that reads see them. */
  readonly pushKeyToStore: (key: string) => void;
}

/** The series and the statistic that a read covers. */
interface Selection {
  readonly series: readonly StoredSeries[];
  /** True if the value is 0, not empty, when nothing was recorded. */
  readonly isCounter: boolean;
  readonly statistic: Statistic;
}

/** The buckets that a read covers. */
type Span = Omit<StoreQuery, 'statistic'>;

/** Points of one result, in all groups together: about 80 MB. */
const MAX_POINTS = 1_000_000;
const MANY_GROUPS = 1000;
/** Groups that are read at the same time. */
const BATCH = 16;

const RANGE = ['start', 'end', 'tags', 'statistic'] as const;

/**
 * Chooses the rollup and the series of a read and queries the store. All reads reject with a `TypeError` or `RangeError`
 * if an option is invalid.
 */
export class TimeSeriesReader {
  readonly #store: TimeSeriesStore;
  readonly #rollups: readonly Rollup[];
  readonly #now: () => number;
  readonly #pushKeyToStore: (key: string) => void;

  constructor({ store, rollups, now, pushKeyToStore }: TimeSeriesReaderOptions) {
    this.#store = store;
    this.#rollups = rollups;
    this.#now = now;
    this.#pushKeyToStore = pushKeyToStore;
  }

  async range(key: string, options: RangeOptions): Promise<Point[]> {
    const checked = this.#check('range', options, [...RANGE, 'step', 'groupBy']);
    const [selection, span] = await this.#resolve(key, checked);
    return this.#readPoints(selection, span);
  }

  async groupedRange(key: string, options: GroupedRangeOptions): Promise<Map<string, Point[]>> {
    const checked = this.#check('range', options, [...RANGE, 'step', 'groupBy']);
    const [selection, span] = await this.#resolve(key, checked);
    const groups = await groupByTag(selection.series, recordedTag(options.groupBy));
    const count = groups.length * span.points;
    if (count > MAX_POINTS)
      throw new RangeError(
        `The range has ${count} points in ${groups.length} groups, more than ${MAX_POINTS}: use a later start, a larger step, tags, or top().`,
      );
    return new Map(
      await mapInBatches(groups, async ([tagValue, series]) => [
        tagValue,
        await this.#readPoints({ ...selection, series }, span),
      ]),
    );
  }

  async value(key: string, options: ReadOptions): Promise<number | undefined> {
    const checked = this.#check('value', options, RANGE);
    const [selection, span] = await this.#resolve(key, checked);
    return this.#readValue(selection, span, checked);
  }

  async sum(key: string, options: Omit<ReadOptions, 'statistic'>): Promise<number> {
    const checked = this.#check('sum', options, ['start', 'end', 'tags']);
    const [selection, span] = await this.#resolve(key, { ...checked, statistic: 'sum' });
    return (await this.#readValue(selection, span, checked)) ?? 0;
  }

  async latest(key: string, options: Pick<ReadOptions, 'tags' | 'statistic'>): Promise<Point | undefined> {
    const [selection] = await this.#resolve(key, this.#check('latest', options, ['tags', 'statistic']));
    for (const rollup of this.#rollups) {
      const from = oldestBucket(rollup, this.#now());
      const until = this.#currentEnd(rollup);
      const span = { rollup, from, step: rollup.step, points: (until - from) / rollup.step };
      const points = await this.#readPoints(selection, span);
      const point = points.findLast(([, value]) => value !== null && (value !== 0 || !selection.isCounter));
      if (point !== undefined) return point;
    }
    return undefined;
  }

  async top(key: string, tag: string, n: number, options: ReadOptions): Promise<TopEntry[]> {
    checkName('tag', tag);
    if (!(typeof n === 'number' && n >= 0))
      throw new RangeError(`n must be a number of entries, not ${describeValue(n)}.`);
    const checked = this.#check('top', options, RANGE);
    const [selection, span] = await this.#resolve(key, checked);
    const recorded = recordedTag(tag);
    const tagged = selection.series.filter(({ tags }) => tags[recorded] !== undefined);
    const entries = await mapInBatches(await groupByTag(tagged, recorded), async ([tagValue, series]) => ({
      tagValue,
      value: await this.#readValue({ ...selection, series }, span, checked),
    }));
    if (isTurnOver()) await nextTurn();
    return entries
      .filter((entry): entry is TopEntry => entry.value !== undefined)
      .sort((one, other) => other.value - one.value)
      .slice(0, n);
  }

  async keys(pattern: string): Promise<string[]> {
    checkName('pattern', pattern);
    return (await this.#store.keys()).filter((key) => matchesPattern(pattern, key)).sort();
  }

  async series(key: string): Promise<readonly StoredSeries[]> {
    const recorded = recordedKey(key);
    this.#pushKeyToStore(recorded);
    return this.#store.series(recorded);
  }

  #check(read: string, options: AnyReadOptions, names: readonly (keyof AnyReadOptions)[]): CheckedReadOptions {
    return checkReadOptions(read, options, names, this.#now());
  }

  async #resolve(key: string, options: CheckedReadOptions): Promise<[Selection, Span]> {
    const recorded = recordedKey(key);
    const [series, completeSince] = await Promise.all([this.series(recorded), this.#store.completeSince?.(recorded)]);
    const reach = this.#rollups.map((rollup, index) => ({ rollup, completeSince: completeSince?.[index] ?? 0 }));
    return [await select(series, options), this.#resolveSpan(options, reach)];
  }

  async #readPoints(selection: Selection, span: Span): Promise<Point[]> {
    const values = await this.#read(selection, span);
    return values.map((value, index) => [span.from + index * span.step, value ?? null]);
  }

  /** Reads the whole span as one point. */
  async #readValue(selection: Selection, span: Span, { start, end }: CheckedReadOptions): Promise<number | undefined> {
    const whole = { ...span, step: span.step * span.points, points: 1 };
    if (span.points > 0) return (await this.#read(selection, whole))[0];
    if (!selection.isCounter) return undefined;
    if (end !== undefined && end > start && end <= span.from)
      throw new RangeError(`Nothing before ${span.from} is kept, so there is no count from ${start} to ${end}.`);
    return 0;
  }

  async #read({ series, isCounter, statistic }: Selection, span: Span): Promise<readonly (number | undefined)[]> {
    if (series.length > 0) return this.#store.read(series, { ...span, statistic });
    return Array.from({ length: span.points }, () => (isCounter ? 0 : undefined));
  }

  /**
   * Returns the buckets of a range, limited to those from the oldest that is kept to the latest that may be written to.
   */
  #resolveSpan({ start, end, step }: CheckedReadOptions, reach: readonly RollupReach[]): Span {
    const now = this.#now();
    const { rollup, completeSince } = chooseRollup(reach, start, now, step);
    const width = step ?? rollup.step;
    const currentEnd = this.#currentEnd(rollup);
    const until = end === undefined ? currentEnd : Math.min(end, currentEnd + MAX_AHEAD_SECONDS);
    // Complete points only, unless there are none yet: a part would look like a drop.
    const complete = Math.ceil(completeSince / width) * width;
    const begin = complete < until ? complete : bucketStart(width, Math.min(completeSince, now));
    const from = Math.max(bucketStart(width, Math.max(start, oldestBucket(rollup, now))), begin);
    return { rollup, from, step: width, points: Math.max(0, Math.ceil((until - from) / width)) };
  }

  /** Returns the end of the current bucket. */
  #currentEnd({ step }: Rollup): number {
    return bucketStart(step, this.#now()) + step;
  }
}

/** Selects the series with the given tags, all of one kind: the newest if there are several. */
async function select(all: readonly StoredSeries[], { tags, statistic }: CheckedReadOptions): Promise<Selection> {
  const kind = all.at(-1)?.kind;
  const series: StoredSeries[] = [];
  for (const each of all) {
    if (each.kind === kind && tags.every(([tag, value]) => each.tags[tag] === value)) series.push(each);
    if (isTurnOver()) await nextTurn();
  }
  // A key that was never recorded reads as a counter at 0: "how many failed?" is a question with the answer 0.
  const isCounter = kind === undefined || kind === 'counter';
  return { series, isCounter, statistic: kind === undefined ? 'sum' : resolveStatistic(kind, statistic) };
}

/** Groups series by the value of a tag, in order of the values; series without the tag are in the group `''`. */
async function groupByTag(series: readonly StoredSeries[], tag: string): Promise<[string, StoredSeries[]][]> {
  const groups = new Map<string, StoredSeries[]>();
  for (const each of series) {
    const tagValue = each.tags[tag] ?? '';
    const group = groups.get(tagValue);
    if (group === undefined) groups.set(tagValue, [each]);
    else group.push(each);
    if (isTurnOver()) await nextTurn();
  }
  // Sorting thousands of them takes its own slice.
  if (groups.size > MANY_GROUPS) await nextTurn();
  return [...groups].sort(([one], [other]) => (one < other ? -1 : 1));
}

/** Maps items, a few at the same time: thousands of reads together would fill the memory, or a connection. */
async function mapInBatches<T, R>(items: readonly T[], map: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += BATCH) {
    results.push(...(await Promise.all(items.slice(start, start + BATCH).map(map))));
    if (isTurnOver()) await nextTurn();
  }
  return results;
}
