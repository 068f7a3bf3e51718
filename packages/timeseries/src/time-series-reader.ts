import { matchesKey } from './key-pattern.js';
import { bucketStart, chooseRollup, MOST_AHEAD, oldestBucket, type Rollup } from './rollup.js';
import { checkedStatistic, type Statistic } from './statistic.js';
import type { StoredSeries } from './stored-series.js';
import type { StoreQuery, TimeSeriesStore } from './time-series-store.js';

/** The start of a bucket in seconds since the epoch, and what was recorded in it; `null` where nothing was. */
export type Point = readonly [timestamp: number, value: number | null];

/** What to read. All times are seconds since the epoch. */
export interface ReadOptions {
  /** The bucket that holds this moment is the first; it counts whole. @default an hour before `end` */
  readonly start?: number | undefined;
  /** Not included: the last bucket is the one that holds the moment before, whole. @default the end of the current bucket */
  readonly end?: number | undefined;
  /** Only series with all of these tags; the instance is the tag `instance`. */
  readonly tags?: Readonly<Record<string, string | number | boolean>> | undefined;
  /** @default what the kind of metric is about: {@link Statistic} */
  readonly statistic?: Statistic | undefined;
}

export interface RangeOptions extends ReadOptions {
  /** Seconds between points; a multiple of the step of a rollup. @default the step of the rollup that is read */
  readonly step?: number | undefined;
}

export interface GroupedRangeOptions extends RangeOptions {
  /** Points for each value of this tag instead of for all series together. */
  readonly groupBy: string;
}

export interface TopEntry {
  readonly tagValue: string;
  readonly value: number;
}

export interface TimeSeriesReaderOptions {
  readonly store: TimeSeriesStore;
  readonly rollups: readonly Rollup[];
  /** Seconds. */
  readonly now: () => number;
  /** Gives what was just recorded under a key to the store. */
  readonly seal: (key: string) => void;
}

/** What of a key is read. */
interface Chosen {
  readonly series: readonly StoredSeries[];
  /** Where nothing was recorded it is 0, not nothing. */
  readonly isCounter: boolean;
  readonly statistic: Statistic;
}

/** Which buckets are read. */
type Span = Omit<StoreQuery, 'statistic'>;

const HOUR = 3600;

/** Reads: chooses rollup and series, and asks the store. All reject with a `TypeError` or `RangeError` on bad options. */
export class TimeSeriesReader {
  readonly #store: TimeSeriesStore;
  readonly #rollups: readonly Rollup[];
  readonly #now: () => number;
  readonly #seal: (key: string) => void;

  constructor({ store, rollups, now, seal }: TimeSeriesReaderOptions) {
    this.#store = store;
    this.#rollups = rollups;
    this.#now = now;
    this.#seal = seal;
  }

  async range(key: string, options: RangeOptions): Promise<Point[]> {
    const span = this.#span(options, options.step);
    return this.#points(await this.#chosen(key, options), span);
  }

  async groupedRange(key: string, options: GroupedRangeOptions): Promise<Map<string, Point[]>> {
    const span = this.#span(options, options.step);
    const chosen = await this.#chosen(key, options);
    const points = await Promise.all(
      groupsOf(chosen.series, options.groupBy).map(
        async ([tagValue, series]) => [tagValue, await this.#points({ ...chosen, series }, span)] as const,
      ),
    );
    return new Map(points);
  }

  async value(key: string, options: ReadOptions): Promise<number | undefined> {
    const span = this.#span(options, undefined);
    return this.#value(await this.#chosen(key, options), span);
  }

  async latest(key: string, { tags, statistic }: Pick<ReadOptions, 'tags' | 'statistic'>): Promise<Point | undefined> {
    const chosen = await this.#chosen(key, { tags, statistic });
    for (const rollup of this.#rollups) {
      const start = oldestBucket(rollup, this.#now());
      const span = this.#span({ start }, rollup.step);
      const points = await this.#points(chosen, span);
      const point = points.findLast(([, value]) => value !== null && (value !== 0 || !chosen.isCounter));
      if (point !== undefined) return point;
    }
    return undefined;
  }

  async top(key: string, tag: string, n: number, options: ReadOptions): Promise<TopEntry[]> {
    if (!(n >= 0)) throw new RangeError(`n must be a number of entries, not ${n}.`);
    const span = this.#span(options, undefined);
    const chosen = await this.#chosen(key, options);
    const tagged = chosen.series.filter(({ tags }) => tags[tag] !== undefined);
    const entries = await Promise.all(
      groupsOf(tagged, tag).map(async ([tagValue, series]) => ({
        tagValue,
        value: await this.#value({ ...chosen, series }, span),
      })),
    );
    return entries
      .filter((entry): entry is TopEntry => entry.value !== undefined)
      .sort((one, other) => other.value - one.value)
      .slice(0, n);
  }

  async keys(pattern: string): Promise<string[]> {
    return (await this.#store.keys()).filter((key) => matchesKey(pattern, key)).sort();
  }

  async series(key: string): Promise<readonly StoredSeries[]> {
    this.#seal(key);
    return this.#store.series(key);
  }

  /** The series of a key with the wanted tags, all of one kind: the newest, should there be several. */
  async #chosen(key: string, { tags = {}, statistic }: Pick<ReadOptions, 'tags' | 'statistic'>): Promise<Chosen> {
    const all = await this.series(key);
    const kind = all.at(-1)?.kind;
    const wanted = Object.entries(tags);
    const series = all.filter(
      (each) => each.kind === kind && wanted.every(([tag, value]) => each.tags[tag] === String(value)),
    );
    // What was never recorded reads as a counter that never counted: "how many failed?" has an answer, none.
    const isCounter = kind === undefined || kind === 'counter';
    return { series, isCounter, statistic: kind === undefined ? 'sum' : checkedStatistic(kind, statistic) };
  }

  async #points(chosen: Chosen, span: Span): Promise<Point[]> {
    const values = await this.#read(chosen, span);
    return values.map((value, index) => [span.from + index * span.step, value ?? null]);
  }

  /** The whole span as one point. */
  async #value(chosen: Chosen, span: Span): Promise<number | undefined> {
    const whole = { ...span, step: span.step * span.points, points: 1 };
    if (span.points === 0) return chosen.isCounter ? 0 : undefined;
    return (await this.#read(chosen, whole))[0];
  }

  async #read({ series, isCounter, statistic }: Chosen, span: Span): Promise<readonly (number | undefined)[]> {
    if (series.length > 0) return this.#store.read(series, { ...span, statistic });
    return Array.from({ length: span.points }, () => (isCounter ? 0 : undefined));
  }

  /**
   * The buckets of a range. It begins with the oldest that is kept if it would begin before, and ends with the present if
   * it would end later.
   */
  #span({ start, end }: ReadOptions, step: number | undefined): Span {
    const now = this.#now();
    const first = start ?? (end ?? now) - HOUR;
    for (const [name, value] of Object.entries({ start: first, end: end ?? now, step: step ?? 1 }))
      if (!Number.isFinite(value)) throw new TypeError(`${name} must be a number of seconds, not ${String(value)}.`);
    if (end !== undefined && end < first)
      throw new RangeError(`end must not be before start, and ${end} is before ${first}.`);
    if (step !== undefined && step <= 0)
      throw new RangeError(`step must be a positive number of seconds, not ${step}.`);
    const rollup = chooseRollup(this.#rollups, first, now, step);
    const width = step ?? rollup.step;
    const from = bucketStart(width, Math.max(first, oldestBucket(rollup, now)));
    const behind = bucketStart(rollup.step, now) + rollup.step;
    const until = end === undefined ? behind : Math.min(end, behind + MOST_AHEAD);
    return { rollup, from, step: width, points: Math.max(0, Math.ceil((until - from) / width)) };
  }
}

/** Series by the value of a tag; those without it under the empty text. */
function groupsOf(series: readonly StoredSeries[], tag: string): [string, StoredSeries[]][] {
  const groups = new Map<string, StoredSeries[]>();
  for (const each of series) {
    const tagValue = each.tags[tag] ?? '';
    const group = groups.get(tagValue);
    if (group === undefined) groups.set(tagValue, [each]);
    else group.push(each);
  }
  return [...groups].sort(([one], [other]) => (one < other ? -1 : 1));
}
