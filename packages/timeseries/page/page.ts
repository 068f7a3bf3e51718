// The page: the view is in the URL's fragment; a change of it reads what it shows, and draws that.
import type { RangeAnswer, SeriesAnswer } from '../src/http/responses.js';
import { Chart } from './chart.js';
import { Controls } from './controls.js';
import { element, shown } from './element.js';
import { finishedPoints } from './finished-points.js';
import { formatSpan } from './format.js';
import { KeyList } from './key-list.js';
import { Legend } from './legend.js';
import { readKeys, readRange, readSeries } from './read.js';
import { addsUp, statisticsOf } from './statistics.js';
import { fragmentOf, queryOf, type View, viewOf } from './view.js';

const REFRESH_MILLISECONDS = 10_000;

const title = element('title', HTMLHeadingElement);
const summary = element('summary', HTMLParagraphElement);
const status = element('status', HTMLParagraphElement);
const failure = element('error', HTMLParagraphElement);
const figure = element('figure', HTMLElement);
const chartElement = element('chart', HTMLDivElement);

const keyList = new KeyList((key) => change({ key, statistic: '', groupBy: '', tags: new Map() }, true));
const controls = new Controls((changed) => change(changed));
const chart = new Chart(chartElement, {
  hover: (index) => legend.hover(index),
  zoom: (start, end) => change({ range: { start: Math.floor(start), end: Math.ceil(end) } }, true),
});
const legend = new Legend((group, isShown) => chart.setShown(group, isShown));

let view = viewOf(location.hash);
/** The key that the page shows now, while that of the view may be on its way. */
let shownKey: string | undefined;
/** Which lines the chart and its legend have now. */
let shownLines = '';
let reading = new AbortController();
let refreshTimer: number | undefined;

addEventListener('hashchange', () => {
  view = viewOf(location.hash);
  void load();
});
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && view.isRefreshing) void load();
});
element('search', HTMLInputElement).addEventListener('focus', () => void loadKeys());
void loadKeys();
void load();

/** @param isStep whether Back undoes it. */
function change(changed: Partial<View>, isStep = false): void {
  view = { ...view, ...changed };
  const fragment = fragmentOf(view);
  if (isStep) history.pushState(null, '', fragment);
  else history.replaceState(null, '', fragment);
  void load();
}

async function loadKeys(): Promise<void> {
  try {
    const { keys, truncated } = await readKeys();
    keyList.setKeys(keys, truncated);
  } catch (error) {
    tell(error);
  }
}

async function load(): Promise<void> {
  clearTimeout(refreshTimer);
  reading.abort();
  reading = new AbortController();
  const { signal } = reading;
  const { key } = view;
  keyList.setChosen(key);
  if (key !== shownKey) clear(key);
  if (key === '') return;
  try {
    const query = queryOf(view, Date.now() / 1000);
    const [series, range] = await Promise.all([readSeries(key, signal), readRange(query, signal)]);
    // Those of a newer view are on their way.
    if (signal.aborted) return;
    failure.hidden = true;
    show(series, range);
  } catch (error) {
    if (signal.aborted) return;
    tell(error);
  }
  if (view.isRefreshing && typeof view.range === 'number')
    refreshTimer = setTimeout(() => void (document.hidden || load()), REFRESH_MILLISECONDS);
}

function clear(key: string): void {
  shownKey = key;
  title.textContent = shown(key);
  document.title = key === '' ? 'Time series' : `${shown(key)} – Time series`;
  summary.textContent = '';
  say(key === '' ? 'Choose a key to see its history.' : 'Reading …');
  failure.hidden = true;
  figure.hidden = true;
  controls.hide();
  clearChart();
}

function clearChart(): void {
  chart.clear();
  shownLines = '';
}

function show(known: SeriesAnswer, answer: RangeAnswer): void {
  const { kind, unit, omittedGroups } = answer;
  const now = Date.now() / 1000;
  const groups = answer.groups.map((group) => ({ ...group, points: finishedPoints(group.points, now) }));
  controls.show(view, known);
  const statistic = view.statistic || statisticsOf(kind)[0]!;
  const valueUnit = statistic === 'count' ? '' : (unit ?? '');
  summary.textContent = [known.kind ?? '', `${known.count} series`, unit ?? ''].filter(Boolean).join(' · ');
  const hasData = groups.some((group) => group.points.some(([, value]) => value !== null));
  if (known.kind === null) say('Nothing is kept under this key.');
  else if (groups.length === 0) say('No series has these tags.');
  else if (!hasData) say('No data in this range.');
  else say(caption(statistic, groups, omittedGroups));
  figure.hidden = !hasData;
  if (!hasData) return clearChart();

  chartElement.ariaLabel = `Chart of ${shown(view.key)}; the arrow keys go from point to point. The values are in the table.`;
  const drawing = { groups, unit: valueUnit, fromZero: kind !== 'gauge' };
  const content = { groups, unit: valueUnit, statistic, addsUp: addsUp(statistic, kind), groupBy: view.groupBy };
  const lines = JSON.stringify([
    view.key,
    kind,
    valueUnit,
    statistic,
    view.groupBy,
    groups.map(({ tagValue }) => tagValue),
  ]);
  if (lines === shownLines) {
    legend.update(content);
    chart.update(drawing);
  } else {
    shownLines = lines;
    legend.show(content);
    chart.draw(drawing);
  }
}

function caption(statistic: string, groups: RangeAnswer['groups'], omitted: number): string {
  const [first, second] = groups[0]?.points ?? [];
  const step = first && second ? ` of each ${formatSpan(second[0] - first[0])}` : '';
  const bound = omitted > 0 ? ` The ${groups.length} largest groups are shown, ${omitted} are not.` : '';
  return `The ${statistic}${step}.${bound}`;
}

/** Says it to screen readers too, hence only when it is something new. */
function say(text: string): void {
  if (status.textContent !== text) status.textContent = text;
}

function tell(error: unknown): void {
  failure.textContent = error instanceof TypeError ? 'The server does not answer.' : (error as Error).message;
  failure.hidden = false;
}
