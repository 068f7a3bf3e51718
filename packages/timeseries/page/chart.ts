// The chart of the page, drawn by uPlot.
import uPlot from 'uplot';
import type { RangeResponse } from '../src/http/responses.js';
import { formatValue } from './format.js';

/** Colors that differ from each other on white and on black. Further lines are dashed. */
const COLORS = [
  '#3d7be0',
  '#e8743b',
  '#12a07a',
  '#c2449f',
  '#c99a00',
  '#1496b8',
  '#e0455a',
  '#7f62dd',
  '#5d9e2c',
  '#8f7060',
];
const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3], [4, 8]];

export interface ChartOptions {
  /** Called with the index of the point at the cursor, or `undefined`. */
  readonly hover: (index: number | undefined) => void;
  /** Called with the span that the user marked, in seconds. */
  readonly zoom: (start: number, end: number) => void;
}

export interface Drawing {
  readonly groups: RangeResponse['groups'];
  readonly unit: string;
  /** True if the scale includes zero: for counts, not for the values of a gauge. */
  readonly fromZero: boolean;
}

/** Returns the color of a group's line. */
export function colorFor(group: number): string {
  return COLORS[group % COLORS.length]!;
}

/** The lines of the groups over time. */
export class Chart {
  readonly #element: HTMLElement;
  readonly #options: ChartOptions;
  #plot: uPlot | undefined;

  constructor(element: HTMLElement, options: ChartOptions) {
    this.#element = element;
    this.#options = options;
    new ResizeObserver(() => this.#resize()).observe(element);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#plot?.redraw(false));
    element.addEventListener('keydown', (event) => this.#onKey(event));
  }

  /** Draws other groups. */
  draw(drawing: Drawing): void {
    this.#plot?.destroy();
    this.#plot = new uPlot(this.#plotOptions(drawing), toColumns(drawing), this.#element);
  }

  /** Draws newer points of the same groups. Hidden lines and the cursor stay. */
  update(drawing: Drawing): void {
    if (this.#plot === undefined) this.draw(drawing);
    else this.#plot.setData(toColumns(drawing));
  }

  setShown(group: number, show: boolean): void {
    this.#plot?.setSeries(group + 1, { show });
  }

  clear(): void {
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  #plotOptions({ groups, unit, fromZero }: Drawing): uPlot.Options {
    const axis = { stroke: () => readStyle('--muted'), font: '12px system-ui, sans-serif' };
    const grid = { stroke: () => readStyle('--line'), width: 1 };
    return {
      ...this.#size(),
      legend: { show: false },
      cursor: { y: false, drag: { x: true, y: false, setScale: false } },
      scales: {
        x: { time: true },
        y: { range: (_, low, high) => scaleRange(low, high, fromZero) },
      },
      axes: [
        {
          ...axis,
          grid,
          ticks: grid,
          values: (_, times, __, ___, step) => times.map((time) => formatTime(time, step)),
        },
        {
          ...axis,
          grid,
          ticks: { show: false },
          values: (_, values) => values.map((value) => formatValue(value, unit, true)),
          size: (_, labels) => 16 + Math.max(24, ...(labels ?? []).map((label) => label.length * 7)),
        },
      ],
      series: [
        {},
        ...groups.map((_, group) => ({
          stroke: colorFor(group),
          dash: DASHES[Math.floor(group / COLORS.length) % DASHES.length]!,
          width: 1.75,
          ...(groups.length === 1 ? { fill: `${colorFor(group)}22` } : {}),
          points: { size: 5, filter: findIsolatedPoints },
        })),
      ],
      hooks: {
        setCursor: [({ cursor }) => this.#options.hover(cursor.idx ?? undefined)],
        setSelect: [
          (plot) => {
            const { left, width } = plot.select;
            if (width < 3) return;
            const [start, end] = [plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')];
            if (end - start >= 1) this.#options.zoom(start, end);
          },
        ],
      },
    };
  }

  #size(): { width: number; height: number } {
    return { width: Math.max(200, this.#element.clientWidth), height: Math.max(200, this.#element.clientHeight) };
  }

  #resize(): void {
    this.#plot?.setSize(this.#size());
  }

  /** Moves the cursor from point to point by the arrow keys, and removes it by Escape. */
  #onKey(event: KeyboardEvent): void {
    const plot = this.#plot;
    if (plot === undefined) return;
    const times = plot.data[0];
    const index = plot.cursor.idx;
    const moves = new Map([
      ['ArrowLeft', (index ?? times.length) - 1],
      ['ArrowRight', (index ?? -1) + 1],
      ['Home', 0],
      ['End', times.length - 1],
    ]);
    const wanted = moves.get(event.key);
    if (wanted !== undefined) {
      const time = times[Math.max(0, Math.min(wanted, times.length - 1))];
      if (time !== undefined) plot.setCursor({ left: plot.valToPos(time, 'x'), top: 0 });
    } else if (event.key === 'Escape') plot.setCursor({ left: -10, top: -10 });
    else return;
    event.preventDefault();
  }
}

function toColumns({ groups }: Drawing): uPlot.AlignedData {
  const times = groups[0]?.points.map(([time]) => time) ?? [];
  return [times, ...groups.map(({ points }) => points.map(([, value]) => value))];
}

/** Returns the points without a neighbor: they do not form a line, so they are drawn even if not all points are. */
function findIsolatedPoints(plot: uPlot, series: number, showsAll: boolean): number[] | null {
  if (showsAll) return null;
  const values = plot.data[series]!;
  return Array.from(values, (_, index) => index).filter(
    (index) => values[index] != null && values[index - 1] == null && values[index + 1] == null,
  );
}

function scaleRange(low: number | null, high: number | null, fromZero: boolean): uPlot.Range.MinMax {
  if (low === null || high === null) return [0, 1];
  const [min, max] = fromZero ? [Math.min(0, low), Math.max(0, high)] : [low, high];
  if (min === max) return min === 0 ? [0, 1] : [min - Math.abs(min) / 10, max + Math.abs(max) / 10];
  const margin = (max - min) / 12;
  return [fromZero && min === 0 ? 0 : min - margin, max + margin];
}

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const SECONDS = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

/** Formats the time of a grid line: as a day at midnight or if the lines are days apart, else as a time of day. */
function formatTime(seconds: number, step: number): string {
  const date = new Date(seconds * 1000);
  const isMidnight = date.getHours() === 0 && date.getMinutes() === 0 && date.getSeconds() === 0;
  if (step >= 86_400 || isMidnight) return DAY.format(date);
  return (step < 60 ? SECONDS : CLOCK).format(date);
}

function readStyle(property: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(property).trim();
}
