// The history of the chosen key: its chart, and the values in a table.
import type { SeriesResponse } from '../src/http/responses.js';
import { Chart } from './chart.js';
import { element, truncate } from './element.js';
import { formatSpan } from './format.js';
import { Legend } from './legend.js';
import { hasValues, type Lines, linesOfGroups, linesOfStatistics } from './lines.js';
import { readCharts, readRange } from './read.js';
import { addsUp, PERCENTILES, statisticsFor, unitOf } from './statistics.js';
import { toChartsQuery, toRangeQuery, type View } from './view.js';

/** Points that the handler reads at most. */
const MAX_POINTS = 11_000;

export interface History {
  readonly lines: Lines;
  readonly statistic: string;
  readonly omittedGroups: number;
}

/** Resolves with the lines of the chosen key. */
export async function readHistory(view: View, { kind }: SeriesResponse, signal: AbortSignal): Promise<History> {
  const statistic = view.statistic || statisticsFor(kind, view.groupBy !== '')[0]!;
  const now = Date.now() / 1000;
  if (statistic !== PERCENTILES) {
    const { groups, omittedGroups } = await readRange(toRangeQuery(view, statistic, now), signal);
    return { lines: linesOfGroups(groups, view.range), statistic, omittedGroups };
  }
  const query = toChartsQuery(view, [view.key], now);
  query.set('points', String(MAX_POINTS));
  const { charts } = await readCharts(query, signal);
  return { lines: linesOfStatistics(charts[0]!.lines, view.range), statistic, omittedGroups: 0 };
}

export class KeyHistory {
  readonly #figure = element('figure', HTMLElement);
  readonly #element = element('chart', HTMLDivElement);
  readonly #legend: Legend;
  readonly #chart: Chart;
  /** Identifies the lines that the chart and its legend have now. */
  #shownLines = '';

  /** @param zoom called with the span that the user marked, in seconds. */
  constructor(zoom: (start: number, end: number) => void) {
    this.#chart = new Chart(this.#element, { hover: (index) => this.#legend.hover(index), zoom });
    this.#legend = new Legend((line, isShown) => this.#chart.setShown(line, isShown));
  }

  hide(): void {
    this.#figure.hidden = true;
    this.#chart.clear();
    this.#shownLines = '';
  }

  /** Shows a history, and returns a sentence about it. */
  show(view: View, series: SeriesResponse, { lines, statistic, omittedGroups }: History): string {
    const { kind } = series;
    if (kind === null || !hasValues(lines)) {
      this.hide();
      if (kind === null) return 'Nothing is kept under this key.';
      return lines.lines.length === 0 ? 'No series has these tags.' : 'No data in this range.';
    }
    this.#figure.hidden = false;
    const unit = unitOf(statistic, series.unit);
    const name = truncate(view.key);
    this.#element.ariaLabel = `Chart of ${name}; the arrow keys go from point to point. The values are in the table.`;
    const isPercentiles = statistic === PERCENTILES;
    const drawing = { ...lines, unit, fromZero: kind !== 'gauge' };
    const content = {
      ...lines,
      unit,
      statistic: isPercentiles ? 'value' : statistic,
      addsUp: addsUp(statistic, kind),
      heading: isPercentiles ? 'percentile' : view.groupBy || 'series',
    };
    const isFilling = lines.unfinished >= 0;
    const names = lines.lines.map((line) => line.name);
    const shownLines = JSON.stringify([view.key, kind, unit, statistic, view.groupBy, isFilling, names]);
    if (shownLines === this.#shownLines) {
      this.#legend.update(content);
      this.#chart.update(drawing);
    } else {
      this.#shownLines = shownLines;
      this.#legend.show(content);
      this.#chart.draw(drawing);
    }
    const step = lines.step > 0 ? ` of each ${formatSpan(lines.step)}` : '';
    const bound = omittedGroups > 0 ? ` The ${names.length} largest groups are shown, ${omittedGroups} are not.` : '';
    return `The ${statistic}${step}.${isFilling ? ' The last is still filling.' : ''}${bound}`;
  }
}
