// The JSON that the handler responds with, by path.
import type { RangeOptions } from '../read-options.js';
import type { Statistic } from '../statistic.js';
import type { StoredSeries } from '../stored-series.js';
import type { TimeSeriesBackend } from '../time-series-backend.js';
import type { Point } from '../time-series-reader.js';
import { QueryParameters } from './query-parameters.js';
import type { KeysResponse, RangeResponse, SeriesResponse, TopResponse } from './responses.js';

// Limits of a response, so that no request is a burden for the process.
const MAX_KEYS = 10_000;
const MAX_TAG_VALUES = 1000;
const MAX_GROUPS = 50;
const MAX_POINTS = 11_000;
const MAX_ENTRIES = 1000;

/** The reads of the backend that the handler needs. */
export type TimeSeriesReads = Pick<TimeSeriesBackend, 'keys' | 'series' | 'range' | 'top'>;

type Route = (backend: TimeSeriesReads, query: string) => Promise<unknown>;

/**
 * The reads over HTTP, by path. Each resolves with the JSON body for the query of a request. It rejects with a
 * `TypeError` or `RangeError` if the request is invalid.
 */
export const routes: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['keys', getKeys],
  ['series', getSeries],
  ['range', getRange],
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
  const known = ['key', 'start', 'end', 'step', 'groupBy', 'statistic', 'tag.*'];
  const parameters = new QueryParameters(query, known);
  const key = parameters.requiredString('key');
  const groupBy = parameters.string('groupBy');
  const options = { ...parseReadOptions(parameters), step: parameters.number('step') };
  const series = keepNewestKind(await backend.series(key)).filter(matchTags(options.tags));
  const [first] = series;
  // One series shows how many points there will be, before all of them are read.
  const points = await backend.range(key, first === undefined ? options : { ...options, tags: first.tags });
  if (points.length > MAX_POINTS) {
    const message = 'use a later start, an earlier end or a larger step.';
    throw new RangeError(`The range has ${points.length} points, more than ${MAX_POINTS}: ${message}`);
  }
  const facts = { key, ...kindAndUnit(series) };
  if (first === undefined) return { ...facts, groups: [], omittedGroups: 0 };
  if (groupBy === undefined) {
    const all = series.length === 1 ? points : await backend.range(key, options);
    return { ...facts, groups: [{ tagValue: null, points: all }], omittedGroups: 0 };
  }
  const tagValues = new Set(series.map(({ tags }) => tags[groupBy] ?? ''));
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
  const n = parameters.number('n') ?? 10;
  if (!(Number.isInteger(n) && n >= 1 && n <= MAX_ENTRIES))
    throw new RangeError(`The parameter n must be a whole number from 1 to ${MAX_ENTRIES}, not ${n}.`);
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
    // Each read scans all series of the key: yield to the event loop in between.
    await new Promise((resolve) => setImmediate(resolve));
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

/** Returns the series of the newest kind, the one that the backend reads. */
function keepNewestKind(series: readonly StoredSeries[]): readonly StoredSeries[] {
  const kind = series.at(-1)?.kind;
  return series.filter((each) => each.kind === kind);
}

function kindAndUnit(series: readonly StoredSeries[]): Pick<SeriesResponse, 'kind' | 'unit'> {
  const newest = series.at(-1);
  return { kind: newest?.kind ?? null, unit: newest?.unit ?? (newest?.kind === 'timing' ? 'millisecond' : null) };
}

/** Returns a predicate that is true for series with all of the tags. */
function matchTags(tags: Readonly<Record<string, string>>): (series: StoredSeries) => boolean {
  const wanted = Object.entries(tags);
  return (series) => wanted.every(([tag, value]) => series.tags[tag] === value);
}
