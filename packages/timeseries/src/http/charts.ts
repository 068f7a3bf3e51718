// The charts of several keys in one response: for each key the statistics that suit its kind, in points that fit a chart.
import type { MetricKind } from '@metrics/core';
import type { RangeOptions } from '../read-options.js';
import type { Statistic } from '../statistic.js';
import type { TimeSeriesBackend } from '../time-series-backend.js';
import type { Point } from '../time-series-reader.js';
import { isTurnOver, nextTurn } from '../turns.js';
import { keepNewestKind, kindAndUnit, matchTags } from './newest-kind.js';
import { MAX_POINTS, QueryParameters } from './query-parameters.js';
import type { ChartsResponse } from './responses.js';
import { stepFor } from './step-for.js';

type Chart = ChartsResponse['charts'][number];
type ChartReads = Pick<TimeSeriesBackend, 'series' | 'range'>;
type Options = RangeOptions & { readonly tags: Readonly<Record<string, string>> };

const MAX_KEYS = 50;
const DEFAULT_POINTS = 120;

const PERCENTILES: readonly Statistic[] = ['p50', 'p95', 'p99'];
const STATISTICS: Readonly<Record<MetricKind, readonly Statistic[]>> = {
  counter: ['sum'],
  gauge: ['last'],
  timing: PERCENTILES,
  distribution: PERCENTILES,
  set: ['count'],
};

export async function getCharts(backend: ChartReads, query: string): Promise<ChartsResponse> {
  const parameters = new QueryParameters(query, ['key', 'start', 'end', 'points', 'tag.*'], ['key']);
  const keys = parameters.requiredStrings('key');
  if (keys.length > MAX_KEYS)
    throw new RangeError(`There are ${keys.length} keys, more than ${MAX_KEYS}: ask for fewer.`);
  const points = parameters.wholeNumber('points', Math.floor(MAX_POINTS / keys.length)) ?? DEFAULT_POINTS;
  const options = { start: parameters.number('start'), end: parameters.number('end'), tags: parameters.tags() };
  const charts: Chart[] = [];
  // One after the other, so that a request is never more than one read of the application's history at a time.
  for (const key of keys) charts.push(await readChart(backend, key, options, points));
  return { charts };
}

async function readChart(backend: ChartReads, key: string, options: Options, maxPoints: number): Promise<Chart> {
  const ofKind = keepNewestKind(await backend.series(key));
  if (isTurnOver()) await nextTurn();
  const series = ofKind.filter(matchTags(options.tags));
  const facts = { key, ...kindAndUnit(ofKind), count: ofKind.length };
  const [first] = series;
  if (first === undefined) return { ...facts, lines: [] };
  const { step } = await stepFor(backend, key, first, options, maxPoints);
  const lines: { statistic: Statistic; points: readonly Point[] }[] = [];
  for (const statistic of STATISTICS[first.kind])
    lines.push({ statistic, points: await backend.range(key, { ...options, step, statistic }) });
  return { ...facts, lines: lines.map((line) => ({ ...line, points: atTimesOf(lines[0]!.points, line.points) })) };
}

/** Returns the points at the times of another line: a bucket may have ended between the two reads. */
function atTimesOf(wanted: readonly Point[], points: readonly Point[]): readonly Point[] {
  if (wanted.length === points.length && wanted[0]?.[0] === points[0]?.[0]) return points;
  const values = new Map(points);
  return wanted.map(([time]) => [time, values.get(time) ?? null]);
}
