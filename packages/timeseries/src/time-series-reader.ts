// The reads of the backend, over any store.
import { matchesPattern } from '@metrics/core/backend';
import { bucketStart, chooseRollup, MAX_AHEAD_SECONDS, oldestBucket, type Rollup } from './rollup.js';
import { resolveStatistic, type Statistic } from './statistic.js';
import type { StoredSeries } from './stored-series.js';
import type { StoreQuery, TimeSeriesStore } from './time-series-store.js';

/** The start of a bucket in seconds since the epoch, and its value; `null` if nothing was recorded in it. */
export type Point = readonly [timestamp: number, value: number | null];

/** A range of time and the samples to read in it. All times are seconds since the epoch. */
export interface ReadOptions {
  /** The range begins with the bucket that contains this time, which counts whole. @default an hour before `end` */
  readonly start?: number | undefined;
  /** The range ends with the bucket before the one that contains this time. @default the end of the current bucket */
  readonly end?: number | undefined;
  /** Reads only series with all of these tags; the instance is the tag `instance`. */
  readonly tags?: Readonly<Record<string, string | number | boolean>> | undefined;
  /** @default the first {@link Statistic} of the kind of metric */
  readonly statistic?: Statistic | undefined;
}

export interface RangeOptions extends ReadOptions {
  /** Seconds between points; a multiple of the step of a rollup. @default the step of the rollup that is read */
  readonly step?: number | undefined;
}

export interface GroupedRangeOptions extends RangeOptions {
  /** Reads points for each value of this tag instead of for all series together. */
  readonly groupBy: string;
}

export interface TopEntry {
  readonly tagValue: string;
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

const DEFAULT_RANGE_SECONDS = 3600;

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
    const span = this.#resolveSpan(options, options.step);
    return this.#readPoints(await this.#select(key, options), span);
  }

  async groupedRange(key: string, options: GroupedRangeOptions): Promise<Map<string, Point[]>> {
    const span = this.#resolveSpan(options, options.step);
    const selection = await this.#select(key, options);
    const points = await Promise.all(
      groupByTag(selection.series, options.groupBy).map(
        async ([tagValue, series]) => [tagValue, await this.#readPoints({ ...selection, series }, span)] as const,
      ),
    );
    return new Map(points);
  }

  async value(key: string, options: ReadOptions): Promise<number | undefined> {
    const span = this.#resolveSpan(options, undefined);
    return this.#readValue(await this.#select(key, options), span);
  }

  async latest(key: string, { tags, statistic }: Pick<ReadOptions, 'tags' | 'statistic'>): Promise<Point | undefined> {
    const selection = await this.#select(key, { tags, statistic });
    for (const rollup of this.#rollups) {
      const start = oldestBucket(rollup, this.#now());
      const span = this.#resolveSpan({ start }, rollup.step);
      const points = await this.#readPoints(selection, span);
      const point = points.findLast(([, value]) => value !== null && (value !== 0 || !selection.isCounter));
      if (point !== undefined) return point;
    }
    return undefined;
  }

  async top(key: string, tag: string, n: number, options: ReadOptions): Promise<TopEntry[]> {
    if (!(n >= 0)) throw new RangeError(`n must be a number of entries, not ${n}.`);
    const span = this.#resolveSpan(options, undefined);
    const selection = await this.#select(key, options);
    const tagged = selection.series.filter(({ tags }) => tags[tag] !== undefined);
    const entries = await Promise.all(
      groupByTag(tagged, tag).map(async ([tagValue, series]) => ({
        tagValue,
        value: await this.#readValue({ ...selection, series }, span),
      })),
    );
    return entries
      .filter((entry): entry is TopEntry => entry.value !== undefined)
      .sort((one, other) => other.value - one.value)
      .slice(0, n);
  }

  async keys(pattern: string): Promise<string[]> {
    return (await this.#store.keys()).filter((key) => matchesPattern(pattern, key)).sort();
  }

  async series(key: string): Promise<readonly StoredSeries[]> {
    this.#pushKeyToStore(key);
    return this.#store.series(key);
  }

  /** Selects the series of a key with the given tags, all of one kind: the newest if there are several. */
  async #select(key: string, { tags = {}, statistic }: Pick<ReadOptions, 'tags' | 'statistic'>): Promise<Selection> {
    const all = await this.series(key);
    const kind = all.at(-1)?.kind;
    const wanted = Object.entries(tags);
    const series = all.filter(
      (each) => each.kind === kind && wanted.every(([tag, value]) => each.tags[tag] === String(value)),
    );
    // A key that was never recorded reads as a counter at 0: "how many failed?" is a question with the answer 0.
    const isCounter = kind === undefined || kind === 'counter';
    return { series, isCounter, statistic: kind === undefined ? 'sum' : resolveStatistic(kind, statistic) };
  }

  async #readPoints(selection: Selection, span: Span): Promise<Point[]> {
    const values = await this.#read(selection, span);
    return values.map((value, index) => [span.from + index * span.step, value ?? null]);
  }

  /** Reads the whole span as one point. */
  async #readValue(selection: Selection, span: Span): Promise<number | undefined> {
    const whole = { ...span, step: span.step * span.points, points: 1 };
    if (span.points === 0) return selection.isCounter ? 0 : undefined;
    return (await this.#read(selection, whole))[0];
  }

  async #read({ series, isCounter, statistic }: Selection, span: Span): Promise<readonly (number | undefined)[]> {
    if (series.length > 0) return this.#store.read(series, { ...span, statistic });
    return Array.from({ length: span.points }, () => (isCounter ? 0 : undefined));
  }

  /**
   * Returns the buckets of a range, limited to those from the oldest that is kept to the latest that may be written to.
   */
  #resolveSpan({ start, end }: ReadOptions, step: number | undefined): Span {
    const now = this.#now();
    const first = start ?? (end ?? now) - DEFAULT_RANGE_SECONDS;
    for (const [name, value] of Object.entries({ start: first, end: end ?? now, step: step ?? 1 }))
      if (!Number.isFinite(value)) throw new TypeError(`${name} must be a number of seconds, not ${String(value)}.`);
    if (end !== undefined && end < first)
      throw new RangeError(`end must not be before start, and ${end} is before ${first}.`);
    if (step !== undefined && step <= 0)
      throw new RangeError(`step must be a positive number of seconds, not ${step}.`);
    const rollup = chooseRollup(this.#rollups, first, now, step);
    const width = step ?? rollup.step;
    const from = bucketStart(width, Math.max(first, oldestBucket(rollup, now)));
    const currentEnd = bucketStart(rollup.step, now) + rollup.step;
    const until = end === undefined ? currentEnd : Math.min(end, currentEnd + MAX_AHEAD_SECONDS);
    return { rollup, from, step: width, points: Math.max(0, Math.ceil((until - from) / width)) };
  }
}

/** Groups series by the value of a tag, in order of the values; series without the tag are in the group `''`. */
function groupByTag(series: readonly StoredSeries[], tag: string): [string, StoredSeries[]][] {
  const groups = new Map<string, StoredSeries[]>();
  for (const each of series) {
    const tagValue = each.tags[tag] ?? '';
    const group = groups.get(tagValue);
    if (group === undefined) groups.set(tagValue, [each]);
    else group.push(each);
  }
  return [...groups].sort(([one], [other]) => (one < other ? -1 : 1));
}
