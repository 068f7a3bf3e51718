import type { RangeAnswer } from '../src/http/responses.js';

/** Seconds a point may be long to be left out. */
const LONGEST = 60;

type Points = RangeAnswer['groups'][number]['points'];

/**
 * Without a last point that is not over at the time `now`: it has only just begun, and a sum of it looks like a fall to
 * nothing. Where points are long it stays, because it is the news then.
 */
export function finishedPoints(points: Points, now: number): Points {
  const [last, next] = [points.at(-1), points.at(-2)];
  if (last === undefined || next === undefined) return points;
  const step = last[0] - next[0];
  return last[0] + step > now && step <= LONGEST ? points.slice(0, -1) : points;
}
