// The page. Its view is in the URL's fragment; when the view changes, the page reads the data and draws it.
import { Controls } from './controls.js';
import { element, truncate } from './element.js';
import { KeyHistory, readHistory } from './key-history.js';
import { KeyList } from './key-list.js';
import { findNodeSections } from './node-view.js';
import { Overview, type OverviewSection } from './overview.js';
import { readKeys, readSeries } from './read.js';
import { formatFragment, NO_SELECTION, parseView, type View } from './view.js';

const REFRESH_MS = 10_000;
/** Keys up to which their list is read at each refresh, too. */
const MAX_REFRESHED_KEYS = 1000;
const NOTHING = 'Nothing is kept yet.';

const title = element('title', HTMLHeadingElement);
const summary = element('summary', HTMLParagraphElement);
const status = element('status', HTMLParagraphElement);
const failure = element('error', HTMLParagraphElement);
const allKeysLink = element('all-keys', HTMLAnchorElement);
const nodeLink = element('node', HTMLAnchorElement);

const keyList = new KeyList(
  (key) => change({ ...NO_SELECTION, key }, true),
  () => overview.filter(sectionsOf(view)),
);
const controls = new Controls((changed) => change(changed));
const keyHistory = new KeyHistory((start, end) =>
  change({ range: { start: Math.floor(start), end: Math.ceil(end) } }, true),
);
const overview = new Overview(reportError);

let view = parseView(location.hash);
let keys: readonly string[] | undefined;
/** Names the view that the page shows now: a key, or a view of many. That of the view may be loading. */
let shown: string | undefined;
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
void loadKeys().then(() => {
  if (view.key === '') void load();
});
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
    const found = await readKeys();
    keys = found.keys;
    keyList.setKeys(keys, found.truncated);
    nodeLink.hidden = findNodeSections(keys).length === 0;
  } catch (error) {
    reportError(error);
  }
}

async function load(isRefresh = false): Promise<void> {
  clearTimeout(refreshTimer);
  reading.abort();
  reading = new AbortController();
  const { signal } = reading;
  keyList.setChosen(view.key);
  const toShow = view.key === '' ? (view.isNode ? 'node' : 'all') : `key ${view.key}`;
  if (toShow !== shown) clear(toShow);
  showLinks();
  try {
    if (view.key === '') await loadOverview(isRefresh, signal);
    else await loadHistory(signal);
  } catch (error) {
    if (signal.aborted) return;
    reportError(error);
  }
  if (!signal.aborted && view.isRefreshing && typeof view.range === 'number')
    refreshTimer = setTimeout(() => void (document.hidden || load(true)), REFRESH_MS);
}

async function loadOverview(isRefresh: boolean, signal: AbortSignal): Promise<void> {
  controls.show(view, undefined);
  if (isRefresh && (keys?.length ?? 0) <= MAX_REFRESHED_KEYS) await loadKeys();
  if (signal.aborted || keys === undefined) return;
  failure.hidden = true;
  const sections = sectionsOf(view);
  announce(sections.length > 0 ? '' : view.isNode ? 'No metric of Node.js is kept.' : NOTHING);
  overview.show(view, sections);
}

async function loadHistory(signal: AbortSignal): Promise<void> {
  const series = await readSeries(view.key, signal);
  const read = await readHistory(view, series, signal);
  // The data of a newer view is loading.
  if (signal.aborted) return;
  failure.hidden = true;
  controls.show(view, series);
  summary.textContent = [series.kind ?? '', `${series.count} series`, series.unit ?? ''].filter(Boolean).join(' · ');
  announce(keyHistory.show(view, series, read));
}

/** Returns the charts of a view without a key; those of all keys are the ones that the search finds. */
function sectionsOf({ isNode }: View): readonly OverviewSection[] {
  if (isNode) return findNodeSections(keys ?? []);
  const { found } = keyList;
  return found.length === 0 ? [] : [{ title: '', cards: found.map((key) => ({ key })) }];
}

function clear(toShow: string): void {
  shown = toShow;
  const { key, isNode } = view;
  const name = key === '' ? (isNode ? 'Node.js' : 'All keys') : truncate(key);
  title.textContent = name;
  document.title = `${name} – Time series`;
  summary.textContent = '';
  announce('Reading …');
  failure.hidden = true;
  keyHistory.hide();
  overview.hide();
  if (key !== '') controls.hide();
}

/** Marks the shown view, and keeps the range in the links to the others. */
function showLinks(): void {
  for (const [link, isNode] of [
    [allKeysLink, false],
    [nodeLink, true],
  ] as const) {
    link.href = formatFragment({ ...view, ...NO_SELECTION, isNode });
    if (view.key === '' && view.isNode === isNode) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

/** Shows the status. Screen readers announce each change, so the same message is not set again. */
function announce(message: string): void {
  if (status.textContent !== message) status.textContent = message;
}

function reportError(error: unknown): void {
  failure.textContent = error instanceof TypeError ? 'The server does not respond.' : (error as Error).message;
  failure.hidden = false;
}
