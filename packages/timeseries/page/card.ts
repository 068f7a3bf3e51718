// A small chart of one key, with its numbers; a link to its history.
import type { CardContent } from './card-content.js';
import { truncate } from './element.js';
import { formatSpan, formatValue } from './format.js';
import { hasValues, type Lines, newestPoint } from './lines.js';
import { createSparkline } from './sparkline.js';
import { formatFragment, NO_SELECTION, type View } from './view.js';

/** Numbers, and lines, of a card: more would be too small to read. */
const MAX_LINES = 6;

/** The data of a card. */
export interface CardData {
  readonly lines: Lines;
  readonly unit: string;
  /** The statistic of one line: `sum`. */
  readonly statistic: string;
  /** True if the sum of the points is meaningful. */
  readonly addsUp: boolean;
  readonly isGauge: boolean;
  readonly groupBy: string;
}

export class Card {
  readonly content: CardContent;
  readonly element: HTMLLIElement = document.createElement('li');
  /** True while it is in the window, or near it. */
  isVisible = false;
  readonly #link = document.createElement('a');
  readonly #numbers = document.createElement('span');
  readonly #plot = document.createElement('span');
  readonly #note = document.createElement('span');
  #groupBy = '';

  constructor(content: CardContent) {
    this.content = content;
    const title = document.createElement('bdi');
    title.textContent = truncate(content.title ?? content.key);
    title.title = truncate(content.key);
    this.#numbers.className = 'numbers';
    this.#plot.className = 'plot';
    this.#note.className = 'note';
    this.#note.textContent = 'Reading …';
    this.#link.append(title, this.#numbers, this.#plot, this.#note);
    this.element.append(this.#link);
  }

  /** Links to the history of the key in the range of a view. */
  setView(view: View): void {
    const { key, statistic = '' } = this.content;
    this.#link.href = formatFragment({ ...view, ...NO_SELECTION, key, statistic, groupBy: this.#groupBy });
  }

  show(data: CardData, view: View): void {
    const { unit, statistic, addsUp, isGauge, groupBy } = data;
    this.#groupBy = groupBy;
    this.setView(view);
    const lines = keepLargest(data.lines);
    if (!hasValues(lines)) {
      this.#numbers.replaceChildren();
      this.#plot.replaceChildren();
      this.#note.textContent = 'No data in this range.';
      return;
    }
    const omitted = data.lines.lines.length - lines.lines.length;
    const newest = newestPoint(lines);
    this.#numbers.replaceChildren(
      ...lines.lines.map(({ name, color, points }) => {
        const total = points.reduce((sum, [, value]) => sum + (value ?? 0), 0);
        const value = addsUp
          ? total
          : (points.findLast(([, each], at) => at <= newest && each !== null) ?? points.at(-1))![1];
        return createNumber(lines.lines.length === 1 && groupBy === '' ? '' : name, color, formatValue(value, unit));
      }),
    );
    this.#plot.replaceChildren(createSparkline(lines, !isGauge));
    const span = lines.step > 0 ? ` of each ${formatSpan(lines.step)}` : '';
    this.#note.textContent = [
      `${addsUp ? 'total, and ' : ''}${statistic}${span}`,
      groupBy === '' ? '' : `by ${truncate(groupBy)}`,
      omitted > 0 ? `${omitted} more` : '',
    ]
      .filter(Boolean)
      .join(' · ');
  }
}

function createNumber(name: string, color: string, value: string): HTMLElement {
  const number = document.createElement('span');
  if (name !== '') {
    const mark = document.createElement('i');
    mark.style.background = color;
    const label = document.createElement('bdi');
    label.textContent = truncate(name);
    number.append(mark, label, ' ');
  }
  const strong = document.createElement('b');
  strong.textContent = value;
  number.append(strong);
  return number;
}

/** Returns the lines with the largest values, in their order. */
function keepLargest(all: Lines): Lines {
  if (all.lines.length <= MAX_LINES) return all;
  const peak = ({ points }: Lines['lines'][number]) =>
    points.reduce((max, [, value]) => Math.max(max, value ?? Number.NEGATIVE_INFINITY), Number.NEGATIVE_INFINITY);
  const kept = new Set(all.lines.toSorted((one, other) => peak(other) - peak(one)).slice(0, MAX_LINES));
  return { ...all, lines: all.lines.filter((line) => kept.has(line)) };
}
