/** The selection that the page shows. All of it is in the URL's fragment, so that a link shares it. */
export interface View {
  /** '' if no key is chosen. */
  readonly key: string;
  /** A number of seconds up to now, or a fixed span in seconds since the epoch. */
  readonly range: number | { readonly start: number; readonly end: number };
  /** '' for the default of the kind. */
  readonly statistic: string;
  /** The tag to group by, or ''. */
  readonly groupBy: string;
  readonly tags: ReadonlyMap<string, string>;
  readonly isRefreshing: boolean;
}

const DEFAULT_RANGE = 3600;
const TAG_PREFIX = 'tag.';

/** Returns the view of a URL's fragment. Invalid parameters are ignored. */
export function parseView(fragment: string): View {
  const parameters = new URLSearchParams(fragment.replace(/^#/, ''));
  const number = (name: string) => Number(parameters.get(name) ?? Number.NaN);
  const [start, end, range] = [number('start'), number('end'), number('range')];
  return {
    key: parameters.get('key') ?? '',
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
  const { key, range, isRefreshing } = view;
  const parameters = new URLSearchParams(key === '' ? {} : { key });
  if (typeof range === 'object') {
    parameters.set('start', String(range.start));
    parameters.set('end', String(range.end));
  } else if (range !== DEFAULT_RANGE) parameters.set('range', String(range));
  addSelection(parameters, view);
  if (!isRefreshing) parameters.set('refresh', 'off');
  return `#${parameters}`;
}

/** Returns the query of `/range` that reads a view at the time `now`, in seconds. */
export function toQuery(view: View, now: number): URLSearchParams {
  const { key, range } = view;
  const { start, end } = typeof range === 'object' ? range : { start: Math.max(0, now - range), end: undefined };
  const parameters = new URLSearchParams({ key, start: String(Math.floor(start)) });
  if (end !== undefined) parameters.set('end', String(Math.ceil(end)));
  addSelection(parameters, view);
  return parameters;
}

function addSelection(parameters: URLSearchParams, { statistic, groupBy, tags }: View): void {
  if (statistic !== '') parameters.set('statistic', statistic);
  if (groupBy !== '') parameters.set('groupBy', groupBy);
  for (const [name, value] of tags) parameters.set(TAG_PREFIX + name, value);
}
