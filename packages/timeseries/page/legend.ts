// The legend below the chart.
import type { RangeResponse } from '../src/http/responses.js';
import { colorFor } from './chart.js';
import { element, truncate } from './element.js';
import { formatValue } from './format.js';

export interface LegendContent {
  readonly groups: RangeResponse['groups'];
  readonly unit: string;
  /** The statistic of the points: `sum`, `p95`. */
  readonly statistic: string;
  /** True if the sum of the points is meaningful. */
  readonly addsUp: boolean;
  /** The tag to group by, or ''. */
  readonly groupBy: string;
}

/** The table with a row for each line of the chart: its values as numbers, and a button that hides it. */
export class Legend {
  readonly #head: HTMLTableSectionElement;
  readonly #body: HTMLTableSectionElement;
  readonly #caption: HTMLTableCaptionElement;
  readonly #toggle: (group: number, isShown: boolean) => void;
  #content: LegendContent | undefined;
  #hovered: number | undefined;

  constructor(toggle: (group: number, isShown: boolean) => void) {
    const table = element('legend', HTMLTableElement);
    [this.#head, this.#body, this.#caption] = [table.tHead!, table.tBodies[0]!, table.caption!];
    this.#toggle = toggle;
  }

  /** Shows rows for other groups. */
  show(content: LegendContent): void {
    const { groups, statistic, addsUp, groupBy } = content;
    const names = [groupBy === '' ? 'series' : groupBy, statistic, ...(addsUp ? ['total'] : []), 'min', 'max'];
    this.#head.replaceChildren(createRow('th', names));
    this.#body.replaceChildren(
      ...groups.map(({ tagValue }, group) => {
        const line = createRow(
          'td',
          names.map(() => ''),
        );
        line.cells[0]!.append(this.#button(tagValue ?? 'all together', group));
        return line;
      }),
    );
    this.#hovered = undefined;
    this.update(content);
  }

  /** Shows newer numbers of the same groups. */
  update(content: LegendContent): void {
    this.#content = content;
    const { groups, unit, addsUp } = content;
    groups.forEach(({ points }, group) => {
      const values = points.flatMap(([, value]) => value ?? []);
      const total = values.reduce((sum, value) => sum + value, 0);
      const min = values.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY);
      const max = values.reduce((high, value) => Math.max(high, value), Number.NEGATIVE_INFINITY);
      const numbers = values.length === 0 ? [] : [...(addsUp ? [total] : []), min, max];
      [...this.#body.rows[group]!.cells].slice(2).forEach((cell, index) => {
        cell.textContent = formatValue(numbers[index], unit);
      });
    });
    this.hover(this.#hovered);
  }

  /** Shows the values of a point, or of the newest one. */
  hover(index: number | undefined): void {
    this.#hovered = index;
    const { groups = [], unit = '' } = this.#content ?? {};
    const at = index ?? (groups[0]?.points.length ?? 0) - 1;
    const time = groups[0]?.points[at]?.[0];
    const prefix = index === undefined ? 'Newest point: ' : '';
    this.#caption.textContent = time === undefined ? '' : prefix + new Date(time * 1000).toLocaleString();
    groups.forEach(({ points }, group) => {
      this.#body.rows[group]!.cells[1]!.textContent = formatValue(points[at]?.[1], unit);
    });
  }

  #button(name: string, group: number): HTMLButtonElement {
    const button = document.createElement('button');
    button.type = 'button';
    button.ariaPressed = 'true';
    const mark = document.createElement('i');
    mark.style.background = colorFor(group);
    const label = document.createElement('bdi');
    label.textContent = name === '' ? '(none)' : truncate(name);
    button.append(mark, label);
    button.addEventListener('click', () => {
      const isShown = button.ariaPressed !== 'true';
      button.ariaPressed = String(isShown);
      this.#toggle(group, isShown);
    });
    return button;
  }
}

function createRow(name: 'th' | 'td', contents: readonly string[]): HTMLTableRowElement {
  const line = document.createElement('tr');
  for (const content of contents) {
    const cell = document.createElement(name);
    cell.textContent = truncate(content);
    line.append(cell);
  }
  return line;
}
