// Keeps a sum that is still growing out of the chart.
import type { RangeResponse } from '../src/http/responses.js';

/** Maximum length of an omitted point, in seconds. */
const MAX_STEP_SECONDS = 60;

type Points = RangeResponse['groups'][number]['points'];

/**
 * Returns the points without a last one that is not over at the time `now`, because its sum would look like a drop. A
 * point longer than a minute stays: it is the only recent data.
 */
export function omitUnfinishedPoint(points: Points, now: number): Points {
  const [last, next] = [points.at(-1), points.at(-2)];
  if (last === undefined || next === undefined) return points;
  const step = last[0] - next[0];
  return last[0] + step > now && step <= MAX_STEP_SECONDS ? points.slice(0, -1) : points;
}
