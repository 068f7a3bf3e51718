import type { Statistic } from '../statistic.js';
import type { StoredSeries } from '../stored-series.js';
import type { TimeSeriesBackend } from '../time-series-backend.js';
import type { Point, RangeOptions } from '../time-series-reader.js';
import { QueryParameters } from './query-parameters.js';
import type { KeysAnswer, RangeAnswer, SeriesAnswer, TopAnswer } from './responses.js';

/** Bounds of an answer, so that no request makes it a burden for the process. */
const MOST_KEYS = 10_000;
const MOST_TAG_VALUES = 1000;
const MOST_GROUPS = 50;
const MOST_POINTS = 11_000;
const MOST_ENTRIES = 1000;

/** What of the backend is read. */
export type TimeSeriesReads = Pick<TimeSeriesBackend, 'keys' | 'series' | 'range' | 'top'>;

type TimeSeriesAnswer = (backend: TimeSeriesReads, query: string) => Promise<unknown>;

/**
 * The answers of the handler by path. Each takes the query of a request, and rejects with a `TypeError` or `RangeError`
 * where the request is at fault.
 */
export const timeSeriesAnswers: ReadonlyMap<string, TimeSeriesAnswer> = new Map<string, TimeSeriesAnswer>([
  ['keys', keysAnswer],
  ['series', seriesAnswer],
  ['range', rangeAnswer],
  ['top', topAnswer],
]);

async function keysAnswer(backend: TimeSeriesReads, query: string): Promise<KeysAnswer> {
  const keys = await backend.keys(new QueryParameters(query, ['pattern']).text('pattern'));
  return { keys: keys.slice(0, MOST_KEYS), truncated: keys.length > MOST_KEYS };
}

async function seriesAnswer(backend: TimeSeriesReads, query: string): Promise<SeriesAnswer> {
  const key = new QueryParameters(query, ['key']).requiredText('key');
  const series = ofOneKind(await backend.series(key));
  const values = new Map<string, Set<string>>();
  for (const { tags } of series) {
    for (const [tag, value] of Object.entries(tags)) {
      const known = values.get(tag);
      if (known === undefined) values.set(tag, new Set([value]));
      else known.add(value);
    }
  }
  const tags = [...values]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([tag, known]) => ({
      tag,
      values: [...known].sort().slice(0, MOST_TAG_VALUES),
      truncated: known.size > MOST_TAG_VALUES,
    }));
  return { key, ...kindAndUnit(series), count: series.length, tags };
}

async function rangeAnswer(backend: TimeSeriesReads, query: string): Promise<RangeAnswer> {
  const known = ['key', 'start', 'end', 'step', 'groupBy', 'statistic', 'tag.*'];
  const parameters = new QueryParameters(query, known);
  const key = parameters.requiredText('key');
  const groupBy = parameters.text('groupBy');
  const options = { ...readOptions(parameters), step: parameters.number('step') };
  const series = ofOneKind(await backend.series(key)).filter(hasTags(options.tags));
  const [first] = series;
  // One series tells how many points there will be, before all of them are read.
  const points = await backend.range(key, first === undefined ? options : { ...options, tags: first.tags });
  if (points.length > MOST_POINTS) {
    const message = 'take a later start, an earlier end or a larger step.';
    throw new RangeError(`That would be ${points.length} points and there may be ${MOST_POINTS}: ${message}`);
  }
  const facts = { key, ...kindAndUnit(series) };
  if (first === undefined) return { ...facts, groups: [], omittedGroups: 0 };
  if (groupBy === undefined) {
    const all = series.length === 1 ? points : await backend.range(key, options);
    return { ...facts, groups: [{ tagValue: null, points: all }], omittedGroups: 0 };
  }
  const tagValues = new Set(series.map(({ tags }) => tags[groupBy] ?? ''));
  const groups =
    tagValues.size > MOST_GROUPS
      ? await largestGroups(backend, key, groupBy, options)
      : [...(await backend.range(key, { ...options, groupBy }))].map(([tagValue, each]) => ({
          tagValue,
          points: each,
        }));
  return { ...facts, groups, omittedGroups: Math.max(0, tagValues.size - groups.length) };
}

async function topAnswer(backend: TimeSeriesReads, query: string): Promise<TopAnswer> {
  const parameters = new QueryParameters(query, ['key', 'tag', 'n', 'start', 'end', 'statistic', 'tag.*']);
  const key = parameters.requiredText('key');
  const tag = parameters.requiredText('tag');
  const n = parameters.number('n') ?? 10;
  if (!(Number.isInteger(n) && n >= 1 && n <= MOST_ENTRIES))
    throw new RangeError(`The parameter n must be a whole number from 1 to ${MOST_ENTRIES}, not ${n}.`);
  return { key, tag, entries: await backend.top(key, tag, n, readOptions(parameters)) };
}

/** Reads only the groups that are shown: a tag may have thousands of values. */
async function largestGroups(
  backend: TimeSeriesReads,
  key: string,
  groupBy: string,
  options: RangeOptions & { readonly tags: Readonly<Record<string, string>> },
): Promise<RangeAnswer['groups']> {
  const { step: _, ...readable } = options;
  const groups: { tagValue: string; points: Point[] }[] = [];
  for (const { tagValue } of await backend.top(key, groupBy, MOST_GROUPS, readable)) {
    const tags = { ...options.tags, [groupBy]: tagValue };
    groups.push({ tagValue, points: await backend.range(key, { ...options, tags }) });
    // Each goes through all series of the key: others run in between.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return groups;
}

function readOptions(parameters: QueryParameters): {
  readonly start: number | undefined;
  readonly end: number | undefined;
  readonly statistic: Statistic | undefined;
  readonly tags: Readonly<Record<string, string>>;
} {
  return {
    start: parameters.number('start'),
    end: parameters.number('end'),
    // The backend refuses those there are not.
    statistic: parameters.text('statistic') as Statistic | undefined,
    tags: parameters.tags(),
  };
}

/** Where kinds differ the backend reads the newest one. */
function ofOneKind(series: readonly StoredSeries[]): readonly StoredSeries[] {
  const kind = series.at(-1)?.kind;
  return series.filter((each) => each.kind === kind);
}

function kindAndUnit(series: readonly StoredSeries[]): Pick<SeriesAnswer, 'kind' | 'unit'> {
  const newest = series.at(-1);
  return { kind: newest?.kind ?? null, unit: newest?.unit ?? (newest?.kind === 'timing' ? 'millisecond' : null) };
}

function hasTags(tags: Readonly<Record<string, string>>): (series: StoredSeries) => boolean {
  const wanted = Object.entries(tags);
  return (series) => wanted.every(([tag, value]) => series.tags[tag] === value);
}
