/** The selection that the page shows. All of it is in the URL's fragment, so that a link shares it. */
export interface View {
  /** '' if no key is chosen: then all have a small chart. */
  readonly key: string;
  /** True for the view of the metrics of Node.js, if no key is chosen. */
  readonly isNode: boolean;
  /** A number of seconds up to now, or a fixed span in seconds since the epoch. */
  readonly range: number | { readonly start: number; readonly end: number };
  /** '' for the default of the kind. */
  readonly statistic: string;
  /** The tag to group by, or ''. */
  readonly groupBy: string;
  readonly tags: ReadonlyMap<string, string>;
  readonly isRefreshing: boolean;
}

/** A selection of nothing: every key, or the one that is added. */
export const NO_SELECTION: Omit<View, 'range' | 'isRefreshing'> = {
  key: '',
  isNode: false,
  statistic: '',
  groupBy: '',
  tags: new Map(),
};

const DEFAULT_RANGE = 3600;
const TAG_PREFIX = 'tag.';

/** Returns the view of a URL's fragment. Invalid parameters are ignored. */
export function parseView(fragment: string): View {
  const parameters = new URLSearchParams(fragment.replace(/^#/, ''));
  const number = (name: string) => Number(parameters.get(name) ?? Number.NaN);
  const [start, end, range] = [number('start'), number('end'), number('range')];
  const key = parameters.get('key') ?? '';
  return {
    key,
    isNode: key === '' && parameters.get('view') === 'node',
    range: start < end ? { start, end } : range > 0 ? range : DEFAULT_RANGE,
    statistic: parameters.get('statistic') ?? '',
    groupBy: parameters.get('groupBy') ?? '',
    tags: new Map(
      [...parameters].flatMap(([name, value]) =>
        name.startsWith(TAG_PREFIX) ? [[name.slice(TAG_PREFIX.length), value]] : [],
      ),
    ),
    isRefreshing: parameters.get('refresh') !== 'off',
  };
}

/** Returns the fragment of a view, without defaults. */
export function formatFragment(view: View): string {
  const { key, isNode, range, isRefreshing } = view;
  const parameters = new URLSearchParams(key === '' ? (isNode ? { view: 'node' } : {}) : { key });
  if (typeof range === 'object') {
    parameters.set('start', String(range.start));
    parameters.set('end', String(range.end));
  } else if (range !== DEFAULT_RANGE) parameters.set('range', String(range));
  if (view.statistic !== '') parameters.set('statistic', view.statistic);
  if (view.groupBy !== '') parameters.set('groupBy', view.groupBy);
  addTags(parameters, view);
  if (!isRefreshing) parameters.set('refresh', 'off');
  return `#${parameters}`;
}

/** Returns the query of `/range` that reads a view with a statistic at the time `now`, in seconds. */
export function toRangeQuery(view: View, statistic: string, now: number): URLSearchParams {
  const parameters = new URLSearchParams({ key: view.key, ...toTimes(view, now), statistic });
  if (view.groupBy !== '') parameters.set('groupBy', view.groupBy);
  addTags(parameters, view);
  return parameters;
}

/** Returns the query of `/charts` that reads keys, with the tags of the view, at the time `now`, in seconds. */
export function toChartsQuery(view: View, keys: readonly string[], now: number): URLSearchParams {
  const parameters = new URLSearchParams(toTimes(view, now));
  for (const key of keys) parameters.append('key', key);
  addTags(parameters, view);
  return parameters;
}

function toTimes({ range }: View, now: number): Record<string, string> {
  if (typeof range === 'number') return { start: String(Math.floor(Math.max(0, now - range))) };
  return { start: String(Math.floor(range.start)), end: String(Math.ceil(range.end)) };
}

function addTags(parameters: URLSearchParams, { tags }: View): void {
  for (const [name, value] of tags) parameters.set(TAG_PREFIX + name, value);
}
