// The chart of the page, drawn by uPlot.
import uPlot from 'uplot';
import { formatValue } from './format.js';
import { COLORS, type Lines, scaleRange } from './lines.js';

/** Lines beyond the number of colors are dashed. */
const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3], [4, 8]];

export interface ChartOptions {
  /** Called with the index of the point at the cursor, or `undefined`. */
  readonly hover: (index: number | undefined) => void;
  /** Called with the span that the user marked, in seconds. */
  readonly zoom: (start: number, end: number) => void;
}

export interface Drawing extends Lines {
  readonly unit: string;
  /** True if the scale includes zero: for counts, not for the values of a gauge. */
  readonly fromZero: boolean;
}

/** Diameter of a point that is still filling, in pixels. */
const DOT = 7;

/** Lines over time. The bucket that is still filling is a band, and has dots instead of lines. */
export class Chart {
  readonly #element: HTMLElement;
  readonly #options: ChartOptions;
  #plot: uPlot | undefined;
  #drawing: Drawing | undefined;

  constructor(element: HTMLElement, options: ChartOptions) {
    this.#element = element;
    this.#options = options;
    new ResizeObserver(() => this.#resize()).observe(element);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#plot?.redraw(false));
    element.addEventListener('keydown', (event) => this.#onKey(event));
  }

  /** Draws other lines. */
  draw(drawing: Drawing): void {
    this.#plot?.destroy();
    this.#drawing = drawing;
    this.#plot = new uPlot(this.#plotOptions(drawing), toColumns(drawing), this.#element);
  }

  /** Draws newer points of the same lines. Hidden lines and the cursor stay. */
  update(drawing: Drawing): void {
    if (this.#plot === undefined) return this.draw(drawing);
    this.#drawing = drawing;
    this.#plot.setData(toColumns(drawing));
  }

  setShown(line: number, show: boolean): void {
    this.#plot?.setSeries(line + 1, { show });
  }

  clear(): void {
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  #plotOptions({ lines, unit, fromZero }: Drawing): uPlot.Options {
    const axis = { stroke: () => readStyle('--muted'), font: '12px system-ui, sans-serif' };
    const grid = { stroke: () => readStyle('--line'), width: 1 };
    return {
      ...this.#size(),
      legend: { show: false },
      cursor: { y: false, drag: { x: true, y: false, setScale: false } },
      scales: {
        x: { time: true, range: (_, from, to) => this.#timeRange(from, to) },
        y: { range: (plot, low, high) => this.#valueRange(plot, low, high, fromZero) },
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
        ...lines.map(({ color }, index) => ({
          stroke: color,
          dash: DASHES[Math.floor(index / COLORS.length) % DASHES.length]!,
          width: 1.75,
          ...(lines.length === 1 ? { fill: `${color}22` } : {}),
          points: { size: 5, filter: findIsolatedPoints },
        })),
      ],
      hooks: {
        drawAxes: [(plot) => this.#drawBand(plot)],
        draw: [(plot) => this.#drawDots(plot)],
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

  /** Returns the times from the first point to the end of the last. */
  #timeRange(from: number | null, to: number | null): uPlot.Range.MinMax {
    const { step = 0, unfinished = -1 } = this.#drawing ?? {};
    return [from ?? 0, (to ?? 1) + (unfinished < 0 ? 0 : step)];
  }

  #valueRange(plot: uPlot, low: number | null, high: number | null, fromZero: boolean): uPlot.Range.MinMax {
    const values = this.#soFar(plot).map(({ value }) => value);
    return scaleRange(
      Math.min(low ?? Number.POSITIVE_INFINITY, ...values),
      Math.max(high ?? Number.NEGATIVE_INFINITY, ...values),
      fromZero,
    );
  }

  /** Returns the values so far of the point that is still filling, of the lines that are shown. */
  #soFar(plot: uPlot): { color: string; value: number }[] {
    const { lines = [], unfinished = -1 } = this.#drawing ?? {};
    return lines.flatMap(({ color, points }, index) => {
      const value = points[unfinished]?.[1] ?? null;
      return value === null || plot.series[index + 1]?.show === false ? [] : [{ color, value }];
    });
  }

  #drawBand({ ctx, bbox, valToPos }: uPlot): void {
    const { lines, unfinished } = this.#drawing!;
    const time = lines[0]?.points[unfinished]?.[0];
    if (time === undefined) return;
    const left = valToPos(time, 'x', true);
    ctx.save();
    ctx.fillStyle = readStyle('--line');
    ctx.globalAlpha = 0.6;
    ctx.fillRect(left, bbox.top, bbox.left + bbox.width - left, bbox.height);
    ctx.restore();
  }

  #drawDots(plot: uPlot): void {
    const { lines, step, unfinished } = this.#drawing!;
    const { ctx } = plot;
    const time = lines[0]?.points[unfinished]?.[0] ?? 0;
    ctx.save();
    ctx.lineWidth = 1.75 * devicePixelRatio;
    ctx.fillStyle = readStyle('--card');
    for (const { color, value } of this.#soFar(plot)) {
      ctx.strokeStyle = color;
      ctx.beginPath();
      const [x, y] = [plot.valToPos(time + step / 2, 'x', true), plot.valToPos(value, 'y', true)];
      ctx.arc(x, y, (DOT / 2) * devicePixelRatio, 0, 2 * Math.PI);
      ctx.fill();
      ctx.stroke();
    }
    ctx.restore();
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

/** Returns the columns of the chart, without the values of the point that is still filling. */
function toColumns({ lines, unfinished }: Drawing): uPlot.AlignedData {
  const times = lines[0]?.points.map(([time]) => time) ?? [];
  return [times, ...lines.map(({ points }) => points.map(([, value], index) => (index === unfinished ? null : value)))];
}

/** Returns the points without a neighbor: they do not form a line, so they are drawn even if not all points are. */
function findIsolatedPoints(plot: uPlot, series: number, showsAll: boolean): number[] | null {
  if (showsAll) return null;
  const values = plot.data[series]!;
  return Array.from(values, (_, index) => index).filter(
    (index) => values[index] != null && values[index - 1] == null && values[index + 1] == null,
  );
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
