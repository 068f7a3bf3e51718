// The page. Its view is in the URL's fragment; when the view changes, the page reads the data and draws it.
import type { RangeResponse, SeriesResponse } from '../src/http/responses.js';
import { Chart } from './chart.js';
import { Controls } from './controls.js';
import { element, truncate } from './element.js';
import { formatSpan } from './format.js';
import { KeyList } from './key-list.js';
import { Legend } from './legend.js';
import { omitUnfinishedPoint } from './omit-unfinished-point.js';
import { readKeys, readRange, readSeries } from './read.js';
import { addsUp, statisticsFor } from './statistics.js';
import { formatFragment, parseView, toQuery, type View } from './view.js';

const REFRESH_MS = 10_000;

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

let view = parseView(location.hash);
/** The key that the page shows now. That of the view may be loading. */
let shownKey: string | undefined;
/** Identifies the lines that the chart and its legend have now. */
let shownLines = '';
let reading = new AbortController();
let refreshTimer: number | undefined;

addEventListener('hashchange', () => {
  view = parseView(location.hash);
  void load();
});
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && view.isRefreshing) void load();
});
element('search', HTMLInputElement).addEventListener('focus', () => void loadKeys());
void loadKeys();
void load();

/** @param isStep true if the browser's Back button undoes the change. */
function change(changed: Partial<View>, isStep = false): void {
  view = { ...view, ...changed };
  const fragment = formatFragment(view);
  if (isStep) history.pushState(null, '', fragment);
  else history.replaceState(null, '', fragment);
  void load();
}

async function loadKeys(): Promise<void> {
  try {
    const { keys, truncated } = await readKeys();
    keyList.setKeys(keys, truncated);
  } catch (error) {
    reportError(error);
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
    const query = toQuery(view, Date.now() / 1000);
    const [series, range] = await Promise.all([readSeries(key, signal), readRange(query, signal)]);
    // The data of a newer view is loading.
    if (signal.aborted) return;
    failure.hidden = true;
    show(series, range);
  } catch (error) {
    if (signal.aborted) return;
    reportError(error);
  }
  if (view.isRefreshing && typeof view.range === 'number')
    refreshTimer = setTimeout(() => void (document.hidden || load()), REFRESH_MS);
}

function clear(key: string): void {
  shownKey = key;
  title.textContent = truncate(key);
  document.title = key === '' ? 'Time series' : `${truncate(key)} – Time series`;
  summary.textContent = '';
  announce(key === '' ? 'Choose a key to see its history.' : 'Reading …');
  failure.hidden = true;
  figure.hidden = true;
  controls.hide();
  clearChart();
}

function clearChart(): void {
  chart.clear();
  shownLines = '';
}

function show(known: SeriesResponse, range: RangeResponse): void {
  const { kind, unit, omittedGroups } = range;
  const now = Date.now() / 1000;
  const groups = range.groups.map((group) => ({ ...group, points: omitUnfinishedPoint(group.points, now) }));
  controls.show(view, known);
  const statistic = view.statistic || statisticsFor(kind)[0]!;
  const valueUnit = statistic === 'count' ? '' : (unit ?? '');
  summary.textContent = [known.kind ?? '', `${known.count} series`, unit ?? ''].filter(Boolean).join(' · ');
  const hasData = groups.some((group) => group.points.some(([, value]) => value !== null));
  if (known.kind === null) announce('Nothing is kept under this key.');
  else if (groups.length === 0) announce('No series has these tags.');
  else if (!hasData) announce('No data in this range.');
  else announce(caption(statistic, groups, omittedGroups));
  figure.hidden = !hasData;
  if (!hasData) return clearChart();

  chartElement.ariaLabel = `Chart of ${truncate(view.key)}; the arrow keys go from point to point. The values are in the table.`;
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

function caption(statistic: string, groups: RangeResponse['groups'], omitted: number): string {
  const [first, second] = groups[0]?.points ?? [];
  const step = first && second ? ` of each ${formatSpan(second[0] - first[0])}` : '';
  const bound = omitted > 0 ? ` The ${groups.length} largest groups are shown, ${omitted} are not.` : '';
  return `The ${statistic}${step}.${bound}`;
}

/** Shows the status. Screen readers announce each change, so the same message is not set again. */
function announce(message: string): void {
  if (status.textContent !== message) status.textContent = message;
}

function reportError(error: unknown): void {
  failure.textContent = error instanceof TypeError ? 'The server does not respond.' : (error as Error).message;
  failure.hidden = false;
}
