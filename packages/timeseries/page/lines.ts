// The lines of a chart: values over time, with a name and a color.
import type { RangeResponse } from '../src/http/responses.js';
import type { View } from './view.js';

export type Points = RangeResponse['groups'][number]['points'];

export interface Line {
  readonly name: string;
  readonly color: string;
  readonly points: Points;
}

/** The lines of a chart; all have the same times. */
export interface Lines {
  readonly lines: readonly Line[];
  /** Seconds from a point to the next. */
  readonly step: number;
  /** Index of the point whose bucket is still filling, or -1. */
  readonly unfinished: number;
}

/** Colors that differ from each other on white and on black. */
export const COLORS = [
  '#3d7be0',
  '#e8743b',
  '#12a07a',
  '#c2449f',
  '#c99a00',
  '#1496b8',
  '#e0455a',
  '#7f62dd',
  '#5d9e2c',
  '#8f7060',
] as const;

/** Percentiles from calm to alarming. */
const PERCENTILE_COLORS: Readonly<Record<string, string>> = { p50: COLORS[0], p95: COLORS[4], p99: COLORS[6] };

/** Returns the lines of values of a tag, or of all series together. */
export function linesOfGroups(groups: RangeResponse['groups'], range: View['range']): Lines {
  const lines = groups.map(({ tagValue, points }, index) => ({
    name: tagValue === null ? 'all together' : tagValue === '' ? '(none)' : tagValue,
    color: COLORS[index % COLORS.length]!,
    points,
  }));
  return withTimes(lines, range);
}

/** Returns the lines of statistics. */
export function linesOfStatistics(
  statistics: readonly { readonly statistic: string; readonly points: Points }[],
  range: View['range'],
): Lines {
  const lines = statistics.map(({ statistic, points }) => ({
    name: statistic,
    color: PERCENTILE_COLORS[statistic] ?? COLORS[0],
    points,
  }));
  return withTimes(lines, range);
}

function withTimes(lines: readonly Line[], range: View['range']): Lines {
  const points = lines[0]?.points ?? [];
  const [last, before] = [points.at(-1), points.at(-2)];
  // The span of a single point is unknown: it ends when the next one begins.
  const step = last && before ? last[0] - before[0] : 0;
  // A range up to now ends with the current bucket, by the clock of the server.
  const isFilling = last !== undefined && (typeof range === 'number' || last[0] + step > Date.now() / 1000);
  return { lines, step, unfinished: isFilling ? points.length - 1 : -1 };
}

/** Returns the index of the newest point that is over, or of the only one. */
export function newestPoint({ lines, unfinished }: Lines): number {
  const last = (lines[0]?.points.length ?? 0) - 1;
  return unfinished > 0 && unfinished === last ? last - 1 : last;
}

export function hasValues({ lines }: Lines): boolean {
  return lines.some(({ points }) => points.some(([, value]) => value !== null));
}

/** Returns the limits of the vertical scale, with a margin. */
export function scaleRange(low: number, high: number, fromZero: boolean): [min: number, max: number] {
  if (low > high) return [0, 1];
  const [min, max] = fromZero ? [Math.min(0, low), Math.max(0, high)] : [low, high];
  if (min === max) return min === 0 ? [0, 1] : [min - Math.abs(min) / 10, max + Math.abs(max) / 10];
  const margin = (max - min) / 12;
  return [fromZero && min === 0 ? 0 : min - margin, max + margin];
}
