// The legend below the chart.
import { element, truncate } from './element.js';
import { formatValue } from './format.js';
import { type Line, type Lines, newestPoint } from './lines.js';

export interface LegendContent extends Lines {
  readonly unit: string;
  /** The name of the points' values: `sum`, `p95`. */
  readonly statistic: string;
  /** True if the sum of the points is meaningful. */
  readonly addsUp: boolean;
  /** The name of the lines: a tag, or `series`. */
  readonly heading: string;
}

interface Column {
  readonly name: string;
  /** The number of a line, for columns whose numbers do not depend on the cursor. */
  readonly read?: (line: Line) => number | null | undefined;
}

/** The table with a row for each line of the chart: its values as numbers, and a button that hides it. */
export class Legend {
  readonly #head: HTMLTableSectionElement;
  readonly #body: HTMLTableSectionElement;
  readonly #caption: HTMLTableCaptionElement;
  readonly #toggle: (line: number, isShown: boolean) => void;
  #content: LegendContent | undefined;
  #hovered: number | undefined;

  constructor(toggle: (line: number, isShown: boolean) => void) {
    const table = element('legend', HTMLTableElement);
    [this.#head, this.#body, this.#caption] = [table.tHead!, table.tBodies[0]!, table.caption!];
    this.#toggle = toggle;
  }

  /** Shows rows for other lines. */
  show(content: LegendContent): void {
    const names = [content.heading, ...columnsOf(content).map(({ name }) => name)];
    this.#head.replaceChildren(createRow('th', names));
    this.#body.replaceChildren(
      ...content.lines.map((line, index) => {
        const row = createRow(
          'td',
          names.map(() => ''),
        );
        row.cells[0]!.append(this.#button(line, index));
        return row;
      }),
    );
    this.#hovered = undefined;
    this.update(content);
  }

  /** Shows newer numbers of the same lines. */
  update(content: LegendContent): void {
    this.#content = content;
    const { lines, unit } = content;
    const columns = columnsOf(content);
    lines.forEach((line, row) => {
      columns.forEach(({ read }, column) => {
        if (read) this.#body.rows[row]!.cells[column + 1]!.textContent = formatValue(read(line), unit);
      });
    });
    this.hover(this.#hovered);
  }

  /** Shows the values of a point, or of the newest one that is over. */
  hover(index: number | undefined): void {
    this.#hovered = index;
    if (this.#content === undefined) return;
    const { lines, unit, unfinished } = this.#content;
    const at = index ?? newestPoint(this.#content);
    const time = lines[0]?.points[at]?.[0];
    const prefix = index === undefined ? 'Newest point: ' : '';
    const suffix = at === unfinished ? ', still filling' : '';
    this.#caption.textContent = time === undefined ? '' : prefix + new Date(time * 1000).toLocaleString() + suffix;
    lines.forEach(({ points }, row) => {
      this.#body.rows[row]!.cells[1]!.textContent = formatValue(points[at]?.[1], unit);
    });
  }

  #button({ name, color }: Line, index: number): HTMLButtonElement {
    const button = document.createElement('button');
    button.type = 'button';
    button.ariaPressed = 'true';
    const mark = document.createElement('i');
    mark.style.background = color;
    const label = document.createElement('bdi');
    label.textContent = truncate(name);
    button.append(mark, label);
    button.addEventListener('click', () => {
      const isShown = button.ariaPressed !== 'true';
      button.ariaPressed = String(isShown);
      this.#toggle(index, isShown);
    });
    return button;
  }
}

/** Returns the columns after the name of the line. A minimum that is still falling, or rising, is no minimum yet. */
function columnsOf({ statistic, addsUp, unfinished }: LegendContent): Column[] {
  const finished = ({ points }: Line) => {
    const values = points.flatMap(([, value], index) => (index === unfinished ? [] : (value ?? [])));
    return values.length > 0 ? values : points.flatMap(([, value]) => value ?? []);
  };
  const total = ({ points }: Line) => points.reduce((sum, [, value]) => sum + (value ?? 0), 0);
  const least = (line: Line) => finished(line).reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY);
  const most = (line: Line) => finished(line).reduce((high, value) => Math.max(high, value), Number.NEGATIVE_INFINITY);
  const ifAny = (read: (line: Line) => number) => (line: Line) => (finished(line).length > 0 ? read(line) : null);
  return [
    { name: statistic },
    ...(unfinished < 0 ? [] : [{ name: 'so far', read: ({ points }: Line) => points[unfinished]?.[1] }]),
    ...(addsUp ? [{ name: 'total', read: ifAny(total) }] : []),
    { name: 'min', read: ifAny(least) },
    { name: 'max', read: ifAny(most) },
  ];
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
