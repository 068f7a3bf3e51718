// The options of reads, checked: a read that ignored a misspelled one would return something else, and look right.
import { checkKnownOptions, describeValue } from '@metrics/core/backend';
import { MAX_AHEAD_SECONDS, MAX_SECONDS } from './rollup.js';
import { checkStatistic, type Statistic } from './statistic.js';

/** A range of time and the samples to read in it. All times are seconds since the epoch. */
export interface ReadOptions {
  /** The range begins with the bucket that contains this time, which counts whole. @default an hour before `end` */
  readonly start?: number | undefined;
  /** The range ends with the bucket before the one that contains this time. @default the end of the current bucket */
  readonly end?: number | undefined;
  /** Reads only series with all of these tags; the instance is the tag `instance`. */
  readonly tags?: Readonly<Record<string, string | number | boolean>> | undefined;
  /** The number that is computed from the samples. @default the first {@link Statistic} of the kind of metric */
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

/** All options of reads; each read has some of them. */
export type AnyReadOptions = RangeOptions & Partial<GroupedRangeOptions>;

/** Options that have a default, with it, and tags as they are recorded. */
export interface CheckedReadOptions extends Omit<AnyReadOptions, 'tags'> {
  readonly start: number;
  readonly tags: readonly (readonly [tag: string, value: string])[];
}

const DEFAULT_RANGE_SECONDS = 3600;
/** Characters of a tag's key or value that the facade keeps. */
const MAX_TAG_LENGTH = 200;

/**
 * Returns the options of a read with defaults filled in.
 *
 * @param read the name of the read, for messages.
 * @param names the options that it has.
 * @param now seconds since the epoch.
 * @throws {TypeError | RangeError} that says what to write instead.
 */
export function checkReadOptions(
  read: string,
  options: AnyReadOptions,
  names: readonly (keyof AnyReadOptions)[],
  now: number,
): CheckedReadOptions {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(
      `${read}: options must be an object such as { tags: { queue: 'mail' } }, not ${describeValue(options)}.`,
    );
  checkKnownOptions(read, options, names);
  const { start, end, step, statistic, groupBy } = options;
  for (const [name, time] of [
    ['start', start],
    ['end', end],
  ] as const)
    if (time !== undefined) checkTime(name, time);
  const first = start ?? Math.max(0, (end ?? now) - DEFAULT_RANGE_SECONDS);
  if (first > now + MAX_AHEAD_SECONDS)
    throw new RangeError(`start must not be in the future, and ${first} is after the present, ${Math.floor(now)}.`);
  if (end !== undefined && end < first)
    throw new RangeError(`end must not be before start, and ${end} is before ${first}.`);
  if (step !== undefined && typeof step !== 'number')
    throw new TypeError(`step must be a number of seconds, not ${describeValue(step)}.`);
  if (step !== undefined && !(step > 0 && step < MAX_SECONDS))
    throw new RangeError(`step must be a positive number of seconds, not ${step}.`);
  if (groupBy !== undefined && typeof groupBy !== 'string')
    throw new TypeError(`groupBy must be the key of a tag, not ${describeValue(groupBy)}.`);
  checkStatistic(statistic);
  return { ...options, start: first, tags: checkTags(options.tags) };
}

/** @throws {TypeError} if the key of a metric or a tag is not a string. */
export function checkName(name: string, value: string): void {
  if (typeof value !== 'string') throw new TypeError(`${name} must be a string, not ${describeValue(value)}.`);
}

/** Returns the key of a metric as the facade records it. */
export function recordedKey(key: string): string {
  checkName('key', key);
  return key.toWellFormed();
}

/** Returns the key or the value of a tag as the facade records it. */
export function recordedTag(text: string): string {
  return text.slice(0, MAX_TAG_LENGTH).toWellFormed();
}

function checkTime(name: string, time: number): void {
  if (typeof time !== 'number' || !Number.isFinite(time))
    throw new TypeError(`${name} must be a number of seconds, not ${describeValue(time)}.`);
  if (time < 0)
    throw new RangeError(`${name} must be in seconds since the epoch, such as Date.now() / 1000 - 60, not ${time}.`);
  if (time >= MAX_SECONDS)
    throw new RangeError(
      `${name} must be in seconds since the epoch; ${time} looks like milliseconds: divide it by 1000.`,
    );
}

/** Returns the tags to filter by, as the facade records them. */
function checkTags(tags: ReadOptions['tags'] = {}): CheckedReadOptions['tags'] {
  // A list or a Map has no entries like these, so it would filter nothing, or everything.
  if (Object.prototype.toString.call(tags) !== '[object Object]')
    throw new TypeError(`tags must be an object such as { queue: 'mail' }, not ${describeValue(tags)}.`);
  return Object.entries(tags).map(([tag, value]) => {
    if (!['string', 'number', 'boolean'].includes(typeof value))
      throw new TypeError(
        `The tag ${describeValue(tag)} must be a string, number or boolean to filter by, not ${describeValue(value)}.`,
      );
    return [recordedTag(tag), recordedTag(String(value))];
  });
}
