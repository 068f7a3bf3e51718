// A small chart without axes, as SVG: the browser scales it, and style sheets color it.
import { type Lines, type Points, scaleRange } from './lines.js';

const NAMESPACE = 'http://www.w3.org/2000/svg';
/** Coordinates of the drawing; it is stretched to its place. */
const [WIDTH, HEIGHT] = [1000, 100];

/** Returns a drawing of lines. The bucket that is still filling is a band, and has dots instead of lines. */
export function createSparkline({ lines, step, unfinished }: Lines, fromZero: boolean): SVGSVGElement {
  const drawing = create('svg', {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    preserveAspectRatio: 'none',
    'aria-hidden': 'true',
  });
  const points = lines[0]?.points ?? [];
  const [begin, end] = [points[0]?.[0] ?? 0, (points.at(-1)?.[0] ?? 0) + step];
  const values = lines.flatMap((line) => line.points.flatMap(([, value]) => value ?? []));
  const low = values.reduce((min, value) => Math.min(min, value), Number.POSITIVE_INFINITY);
  const high = values.reduce((max, value) => Math.max(max, value), Number.NEGATIVE_INFINITY);
  const [bottom, top] = scaleRange(low, high, fromZero);
  const x = (time: number) => (((time - begin) / (end - begin || 1)) * WIDTH).toFixed(1);
  const y = (value: number) => (HEIGHT - ((value - bottom) / (top - bottom)) * HEIGHT).toFixed(1);
  if (unfinished >= 0) {
    const from = x(points[unfinished]![0]);
    drawing.append(
      create('rect', { class: 'filling', x: from, y: '0', width: String(WIDTH - Number(from)), height: '100' }),
    );
  }
  for (const { color, points: all } of lines) {
    const finished = unfinished < 0 ? all : all.slice(0, unfinished);
    const dots = finished.filter(
      ([, value], at) => value !== null && isEmpty(finished[at - 1]) && isEmpty(finished[at + 1]),
    );
    const soFar = all[unfinished];
    if (soFar !== undefined && soFar[1] !== null) dots.push([soFar[0] + step / 2, soFar[1]]);
    if (lines.length === 1)
      drawing.append(create('path', { class: 'area', fill: color, d: outline(finished, x, y, y(bottom)) }));
    drawing.append(
      create('path', { stroke: color, d: outline(finished, x, y) }),
      create('path', {
        class: 'dots',
        stroke: color,
        d: dots.map(([time, value]) => `M${x(time)} ${y(value!)}h0`).join(''),
      }),
    );
  }
  return drawing;
}

function isEmpty(point: Points[number] | undefined): boolean {
  return point === undefined || point[1] === null;
}

/** Returns the path of a line, with a gap if a value is missing; closed down to `base` as an area. */
function outline(points: Points, x: (time: number) => string, y: (value: number) => string, base?: string): string {
  let path = '';
  let last: string | undefined;
  const close = () => {
    if (last !== undefined && base !== undefined) path += `L${last} ${base}z`;
    last = undefined;
  };
  for (const [time, value] of points) {
    if (value === null) {
      close();
      continue;
    }
    const at = x(time);
    if (last !== undefined) path += `L${at} ${y(value)}`;
    else path += base === undefined ? `M${at} ${y(value)}` : `M${at} ${base}L${at} ${y(value)}`;
    last = at;
  }
  close();
  return path;
}

function create<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>>,
): SVGElementTagNameMap[Name] {
  const created = document.createElementNS(NAMESPACE, name);
  for (const [attribute, value] of Object.entries(attributes)) created.setAttribute(attribute, value);
  return created;
}
