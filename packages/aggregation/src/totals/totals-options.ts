// Options that backends with totals have in common, and what they decide about a series.
import type { Series } from '@metrics/core';
import { checkInteger, describeValue, matchesAny, matchesPattern } from '@metrics/core/backend';
import { BucketRows } from './bucket-rows.js';
import type { TotalKind } from './family-table.js';

/** Options that backends with totals have in common. */
export interface TotalsOptions {
  /**
   * Upper bounds of histogram buckets by a pattern of keys, as in `{ 'db.*': [1, 10, 100] }`: in the unit that is recorded,
   * which is milliseconds for timings. The first pattern that matches wins over `buckets` of a declaration.
   *
   * @default those of the declaration, otherwise of the package
   */
  readonly buckets?: Readonly<Record<string, readonly number[]>> | undefined;
  /** Patterns of the keys of counters that also fall. They are exported as a kind that may. @default none */
  readonly upDown?: readonly string[] | undefined;
  /** Series without a recent sample that keep their totals, in case they come back. @default 100_000 */
  readonly maxReleased?: number | undefined;
  /** Milliseconds in which the distinct members of a set are counted. @default 60_000 */
  readonly setWindow?: number | undefined;
}

/** The names of {@link TotalsOptions}, for the check of unknown options. */
export const TOTALS_OPTIONS: readonly (keyof TotalsOptions)[] = ['buckets', 'upDown', 'maxReleased', 'setWindow'];

/** Bounds of a package for metrics without any: of times, in milliseconds, and of other values. */
export interface DefaultBuckets {
  /** Ascending bounds of times, in milliseconds. */
  readonly milliseconds: readonly number[];
  /** Ascending bounds of other values. */
  readonly values: readonly number[];
}

/** Checked {@link TotalsOptions}, and their decisions about a series. */
export interface ResolvedTotalsOptions {
  /** Number of released series that keep their totals. */
  readonly maxReleased: number;
  /** Milliseconds in which the distinct members of a set are counted. */
  readonly setWindow: number;
  /** Returns the buckets of a series. */
  readonly bucketsFor: (series: Series) => BucketRows;
  /** Returns how the samples of a series add up. */
  readonly kindOf: (series: Series) => TotalKind;
}

/** Bounds beyond these would cost more than they are worth. */
const MAX_BOUNDS = 1000;
const MAX_RELEASED = 10_000_000;
const MAX_WINDOW_MS = 86_400_000;
const MILLISECONDS: ReadonlySet<string | undefined> = new Set(['ms', 'millis', 'millisecond', 'milliseconds']);
const MILLISECONDS_SUFFIX = /[._-](?:ms|millis|milliseconds?)$/;
const SECONDS: ReadonlySet<string | undefined> = new Set(['s', 'sec', 'second', 'seconds']);

/**
 * Returns the options with defaults filled in.
 *
 * @throws {TypeError | RangeError} if an option is invalid, naming it and showing its value.
 */
export function resolveTotalsOptions(options: TotalsOptions, defaults: DefaultBuckets): ResolvedTotalsOptions {
  const { buckets = {}, upDown = [], maxReleased = 100_000, setWindow = 60_000 } = options;
  checkBuckets(buckets);
  if (!Array.isArray(upDown) || upDown.some((pattern) => typeof pattern !== 'string'))
    throw new TypeError(`upDown must be a list of keys such as ['jobs.balance'], not ${describeValue(upDown)}.`);
  checkInteger('maxReleased', maxReleased, 0, MAX_RELEASED);
  checkInteger('setWindow', setWindow, 1, MAX_WINDOW_MS);
  const patterns = Object.entries(buckets).map(([pattern, bounds]) => ({ pattern, bounds: [...bounds] }));
  const falling = [...upDown];
  const seconds = defaults.milliseconds.map((bound) => bound / 1000);
  const rows = new Map<string, BucketRows>();
  return {
    maxReleased,
    setWindow,
    bucketsFor: (series) => {
      const bounds =
        patterns.find(({ pattern }) => matchesPattern(pattern, series.key))?.bounds ??
        series.buckets ??
        (isInMilliseconds(series) ? defaults.milliseconds : SECONDS.has(series.unit) ? seconds : defaults.values);
      const name = bounds.join();
      const known = rows.get(name) ?? new BucketRows(bounds);
      rows.set(name, known);
      return known;
    },
    kindOf: ({ kind, key }) => {
      if (kind === 'counter') return matchesAny(falling, key) ? 'up-down' : 'counter';
      return kind === 'gauge' || kind === 'set' ? kind : 'histogram';
    },
  };
}

/** True for timings, and for other metrics whose unit says so: they are exported in seconds. */
export function isInMilliseconds({ kind, unit }: Pick<Series, 'kind' | 'unit'>): boolean {
  return kind === 'timing' || (kind !== 'set' && MILLISECONDS.has(unit));
}

/** Returns the name of a metric in milliseconds without the unit at its end, since it is exported in seconds. */
export function withoutMilliseconds(name: string): string {
  return name.replace(MILLISECONDS_SUFFIX, '') || name;
}

function checkBuckets(buckets: unknown): void {
  if (typeof buckets !== 'object' || buckets === null || Array.isArray(buckets))
    throw new TypeError(
      `buckets must be bounds by a pattern of keys, such as { 'db.*': [1, 10] }, not ${describeValue(buckets)}.`,
    );
  for (const [pattern, bounds] of Object.entries(buckets as Record<string, unknown>)) {
    const isValid =
      Array.isArray(bounds) &&
      bounds.length <= MAX_BOUNDS &&
      bounds.every((bound, index) => Number.isFinite(bound) && (index === 0 || bound > bounds[index - 1]));
    if (!isValid)
      throw new RangeError(
        `buckets of ${describeValue(pattern)} must be at most ${MAX_BOUNDS} ascending numbers, not ${describeValue(Array.isArray(bounds) ? bounds.join() : bounds)}.`,
      );
  }
}
