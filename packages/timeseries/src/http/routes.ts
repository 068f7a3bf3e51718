// The JSON that the handler responds with, by path.
import type { RangeOptions } from '../read-options.js';
import type { Statistic } from '../statistic.js';
import type { TimeSeriesBackend } from '../time-series-backend.js';
import type { Point } from '../time-series-reader.js';
import { isTurnOver, nextTurn } from '../turns.js';
import { getCharts } from './charts.js';
import { keepNewestKind, kindAndUnit, matchTags } from './newest-kind.js';
import { MAX_POINTS, QueryParameters } from './query-parameters.js';
import type { KeysResponse, RangeResponse, SeriesResponse, TopResponse } from './responses.js';
import { stepFor } from './step-for.js';

// Limits of a response, so that no request is a burden for the process.
const MAX_KEYS = 10_000;
const MAX_TAG_VALUES = 1000;
const MAX_GROUPS = 50;
const MAX_ENTRIES = 1000;

/** The reads of the backend that the handler needs. */
export type TimeSeriesReads = Pick<TimeSeriesBackend, 'keys' | 'series' | 'range' | 'top'>;

type Route = (backend: TimeSeriesReads, query: string) => Promise<object>;

/**
 * The reads over HTTP, by path. Each resolves with the JSON body for the query of a request. It rejects with a
 * `TypeError` or `RangeError` if the request is invalid.
 */
export const routes: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['keys', getKeys],
  ['series', getSeries],
  ['range', getRange],
  ['charts', getCharts],
  ['top', getTop],
]);

async function getKeys(backend: TimeSeriesReads, query: string): Promise<KeysResponse> {
  const keys = await backend.keys(new QueryParameters(query, ['pattern']).string('pattern'));
  return { keys: keys.slice(0, MAX_KEYS), truncated: keys.length > MAX_KEYS };
}

async function getSeries(backend: TimeSeriesReads, query: string): Promise<SeriesResponse> {
  const key = new QueryParameters(query, ['key']).requiredString('key');
  const series = keepNewestKind(await backend.series(key));
  const values = new Map<string, Set<string>>();
  for (const { tags } of series) {
    for (const [tag, value] of Object.entries(tags)) {
      const known = values.get(tag);
      if (known === undefined) values.set(tag, new Set([value]));
      else known.add(value);
    }
    if (isTurnOver()) await nextTurn();
  }
  const tags = [...values]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([tag, known]) => ({
      tag,
      values: [...known].sort().slice(0, MAX_TAG_VALUES),
      truncated: known.size > MAX_TAG_VALUES,
    }));
  return { key, ...kindAndUnit(series), count: series.length, tags };
}

async function getRange(backend: TimeSeriesReads, query: string): Promise<RangeResponse> {
  const known = ['key', 'start', 'end', 'step', 'points', 'groupBy', 'statistic', 'tag.*'];
  const parameters = new QueryParameters(query, known);
  const key = parameters.requiredString('key');
  const groupBy = parameters.string('groupBy');
  const maxPoints = parameters.wholeNumber('points', MAX_POINTS);
  const read = { ...parseReadOptions(parameters), step: parameters.number('step') };
  const series = keepNewestKind(await backend.series(key)).filter(matchTags(read.tags));
  if (isTurnOver()) await nextTurn();
  const [first] = series;
  const { step, points } = await stepFor(backend, key, first ?? read, read, maxPoints);
  if (points > MAX_POINTS) {
    const message = 'use a later start, an earlier end, a larger step, or points.';
    throw new RangeError(`The range has ${points} points, more than ${MAX_POINTS}: ${message}`);
  }
  const options = { ...read, step };
  const facts = { key, ...kindAndUnit(series) };
  if (first === undefined) return { ...facts, groups: [], omittedGroups: 0 };
  if (groupBy === undefined) {
    return { ...facts, groups: [{ tagValue: null, points: await backend.range(key, options) }], omittedGroups: 0 };
  }
  const tagValues = new Set(series.map(({ tags }) => tags[groupBy] ?? ''));
  if (isTurnOver()) await nextTurn();
  const groups =
    tagValues.size > MAX_GROUPS
      ? await readLargestGroups(backend, key, groupBy, options)
      : [...(await backend.range(key, { ...options, groupBy }))].map(([tagValue, each]) => ({
          tagValue,
          points: each,
        }));
  return { ...facts, groups, omittedGroups: Math.max(0, tagValues.size - groups.length) };
}

async function getTop(backend: TimeSeriesReads, query: string): Promise<TopResponse> {
  const parameters = new QueryParameters(query, ['key', 'tag', 'n', 'start', 'end', 'statistic', 'tag.*']);
  const key = parameters.requiredString('key');
  const tag = parameters.requiredString('tag');
  const n = parameters.wholeNumber('n', MAX_ENTRIES) ?? 10;
  return { key, tag, entries: await backend.top(key, tag, n, parseReadOptions(parameters)) };
}

/** Reads only the groups that are in the response: a tag may have thousands of values. */
async function readLargestGroups(
  backend: TimeSeriesReads,
  key: string,
  groupBy: string,
  options: RangeOptions & { readonly tags: Readonly<Record<string, string>> },
): Promise<RangeResponse['groups']> {
  const { step: _, ...readOptions } = options;
  const groups: { tagValue: string; points: Point[] }[] = [];
  for (const { tagValue } of await backend.top(key, groupBy, MAX_GROUPS, readOptions)) {
    const tags = { ...options.tags, [groupBy]: tagValue };
    groups.push({ tagValue, points: await backend.range(key, { ...options, tags }) });
  }
  return groups;
}

function parseReadOptions(parameters: QueryParameters): {
  readonly start: number | undefined;
  readonly end: number | undefined;
  readonly statistic: Statistic | undefined;
  readonly tags: Readonly<Record<string, string>>;
} {
  return {
    start: parameters.number('start'),
    end: parameters.number('end'),
    // The backend rejects other strings.
    statistic: parameters.string('statistic') as Statistic | undefined,
    tags: parameters.tags(),
  };
}
