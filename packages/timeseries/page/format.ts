// Values and spans as the page shows them.

/** Units whose multiples have names, from small to large. */
const SCALES: Readonly<Record<string, readonly (readonly [from: number, unit: string])[]>> = {
  time: [
    [0, 'µs'],
    [1e-3, 'ms'],
    [1, 's'],
    [60, 'min'],
    [3600, 'h'],
  ],
  bytes: [
    [0, 'B'],
    [1e3, 'kB'],
    [1e6, 'MB'],
    [1e9, 'GB'],
    [1e12, 'TB'],
  ],
};
/** The scale of a unit, and its size in seconds or bytes. */
const KNOWN_UNITS = new Map<string, readonly [scale: 'time' | 'bytes', factor: number]>([
  ['ms', ['time', 1e-3]],
  ['millisecond', ['time', 1e-3]],
  ['milliseconds', ['time', 1e-3]],
  ['s', ['time', 1]],
  ['second', ['time', 1]],
  ['seconds', ['time', 1]],
  ['byte', ['bytes', 1]],
  ['bytes', ['bytes', 1]],
]);
const DIVISORS: Readonly<Record<string, number>> = { µs: 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600 };

const plain = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 });
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat('en', { maximumSignificantDigits: 3, notation: 'compact' });

/** Formats a value with its unit. */
export function formatValue(value: number | null | undefined, unit: string, isShort = false): string {
  if (value === null || value === undefined) return '–';
  const known = KNOWN_UNITS.get(unit);
  if (known === undefined || value === 0) {
    const number = isShort
      ? compact.format(value)
      : Math.abs(value) >= 1000
        ? whole.format(value)
        : plain.format(value);
    return unit === '' || isShort ? number : `${number} ${unit}`;
  }
  const [scale, factor] = known;
  const base = value * factor;
  const [from, name] = SCALES[scale]!.findLast(([min]) => Math.abs(base) >= min)!;
  return `${(isShort ? compact : plain).format(base / (scale === 'time' ? DIVISORS[name]! : Math.max(1, from)))} ${name}`;
}

/** Formats a span of seconds in its largest whole unit: `10 s`, `1 h`, `7 d`. */
export function formatSpan(seconds: number): string {
  const [size, name] = [[86_400, 'd'] as const, [3600, 'h'] as const, [60, 'min'] as const].find(
    ([each]) => seconds % each === 0,
  ) ?? [1, 's'];
  return `${seconds / size} ${name}`;
}
