// The controls above the chart.
import type { SeriesResponse } from '../src/http/responses.js';
import { element, setOptions, truncate } from './element.js';
import { formatSpan } from './format.js';
import { statisticsFor } from './statistics.js';
import type { View } from './view.js';

const RANGES = [600, 3600, 6 * 3600, 86_400, 7 * 86_400, 90 * 86_400];
/** Values of a tag that a list offers. A tag with more gets an input, which suggests some. */
const MAX_LISTED_VALUES = 200;

/** The controls for range, statistic, grouping, filters and refresh. They show a view and report the user's changes. */
export class Controls {
  readonly #root = element('controls', HTMLDivElement);
  readonly #ranges = element('ranges', HTMLFieldSetElement);
  readonly #custom = element('custom', HTMLDivElement);
  readonly #start = element('start', HTMLInputElement);
  readonly #end = element('end', HTMLInputElement);
  /** The controls of a key. */
  readonly #selection = element('selection', HTMLDivElement);
  readonly #statistic = element('statistic', HTMLSelectElement);
  readonly #groupBy = element('group-by', HTMLSelectElement);
  readonly #filters = element('filters', HTMLSpanElement);
  readonly #refresh = element('refresh', HTMLInputElement);
  readonly #change: (change: Partial<View>) => void;
  #tags: ReadonlyMap<string, string> = new Map();
  #filtersOf = '';

  constructor(change: (change: Partial<View>) => void) {
    this.#change = change;
    for (const range of RANGES) this.#addRange(formatSpan(range), String(range), () => change({ range }));
    this.#addRange('Custom', 'custom', () => change({ range: customRange(this.#ranges.dataset['span']) }));
    for (const input of [this.#start, this.#end]) input.addEventListener('change', () => this.#onCustom());
    // The default is not in the view, because it is another one for groups.
    this.#statistic.addEventListener('change', () =>
      change({ statistic: this.#statistic.selectedIndex === 0 ? '' : this.#statistic.value }),
    );
    this.#groupBy.addEventListener('change', () => change({ groupBy: this.#groupBy.value }));
    this.#refresh.addEventListener('change', () => change({ isRefreshing: this.#refresh.checked }));
  }

  /** @param series of the chosen key, if there is one. */
  show(view: View, series: SeriesResponse | undefined): void {
    this.#root.hidden = false;
    this.#showRange(view.range);
    this.#refresh.checked = view.isRefreshing;
    this.#refresh.disabled = typeof view.range === 'object';
    this.#selection.hidden = series === undefined;
    if (series === undefined) return;
    const statistics = statisticsFor(series.kind, view.groupBy !== '');
    setOptions(
      this.#statistic,
      statistics.map((statistic) => ({ value: statistic, text: statistic })),
      view.statistic || statistics[0]!,
    );
    this.#statistic.disabled = statistics.length === 1;
    const tags = series.tags.map(({ tag }) => ({ value: tag, text: tag }));
    setOptions(this.#groupBy, [{ value: '', text: 'nothing' }, ...tags], view.groupBy);
    this.#groupBy.disabled = tags.length === 0;
    this.#tags = view.tags;
    const filtersOf = JSON.stringify(series.tags);
    if (this.#filtersOf !== filtersOf) {
      this.#filtersOf = filtersOf;
      this.#filters.replaceChildren(...series.tags.map((each, index) => this.#filter(each, index)));
    }
    for (const field of this.#filters.querySelectorAll<HTMLSelectElement | HTMLInputElement>('select, input'))
      field.value = view.tags.get(series.tags[Number(field.dataset['index'])]!.tag) ?? '';
  }

  hide(): void {
    this.#root.hidden = true;
  }

  #showRange(range: View['range']): void {
    const isCustom = typeof range === 'object' || !RANGES.includes(range);
    for (const input of this.#ranges.querySelectorAll('input'))
      input.checked = input.value === (isCustom ? 'custom' : String(range));
    this.#custom.hidden = !isCustom;
    const now = Date.now() / 1000;
    const { start, end } = typeof range === 'object' ? range : { start: now - range, end: now };
    this.#ranges.dataset['span'] = String(end - start);
    if (document.activeElement !== this.#start) this.#start.value = formatLocal(start);
    if (document.activeElement !== this.#end) this.#end.value = formatLocal(end);
  }

  #addRange(text: string, value: string, choose: () => void): void {
    const label = document.createElement('label');
    const input = document.createElement('input');
    Object.assign(input, { type: 'radio', name: 'range', value });
    input.addEventListener('change', choose);
    const caption = document.createElement('span');
    caption.textContent = text;
    label.append(input, caption);
    this.#ranges.append(label);
  }

  #onCustom(): void {
    const [start, end] = [this.#start, this.#end].map(({ value }) => Math.floor(new Date(value).getTime() / 1000));
    const isSpan = start! < end!;
    this.#end.setCustomValidity(isSpan ? '' : 'The end must come after the start.');
    if (isSpan) this.#change({ range: { start: start!, end: end! } });
    else this.#end.reportValidity();
  }

  #filter({ tag, values, truncated }: SeriesResponse['tags'][number], index: number): HTMLElement {
    const label = document.createElement('label');
    const name = document.createElement('bdi');
    name.textContent = truncate(tag);
    label.append(name);
    const isListed = !truncated && values.length <= MAX_LISTED_VALUES;
    const field = document.createElement(isListed ? 'select' : 'input');
    field.dataset['index'] = String(index);
    if (field instanceof HTMLSelectElement)
      setOptions(field, [{ value: '', text: 'any' }, ...values.map((value) => ({ value, text: value }))], '');
    else {
      const suggestions = document.createElement('datalist');
      suggestions.id = `values-${index}`;
      suggestions.append(...values.slice(0, MAX_LISTED_VALUES).map((value) => new Option('', value)));
      field.placeholder = 'any';
      field.setAttribute('list', suggestions.id);
      label.append(suggestions);
    }
    field.addEventListener('change', () => {
      const tags = new Map(this.#tags);
      if (field.value === '') tags.delete(tag);
      else tags.set(tag, field.value);
      this.#change({ tags });
    });
    label.append(field);
    return label;
  }
}

/** Returns the initial custom range: the span that was shown until now. */
function customRange(span: string | undefined): { start: number; end: number } {
  const end = Math.floor(Date.now() / 1000);
  return { start: Math.floor(end - (Number(span) || 3600)), end };
}

/** Formats a time for an input of the type `datetime-local`: local time without a zone. */
function formatLocal(seconds: number): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return '';
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19);
}
