// How content of buckets is written on Redis: as numbers in decimal, separated by spaces.
import type { Sketch } from '../summary/sketch.js';
import type { GaugeReading } from '../time-series-store.js';

/** Encodes a reading: the time, the last value, and minimum and maximum if they differ from it. */
export function encodeGauge(time: number, { last, min, max }: GaugeReading): string {
  return min === last && max === last ? `${time} ${last}` : `${time} ${last} ${min} ${max}`;
}

/** Decodes a reading. Returns undefined for anything else, which another program wrote. */
export function decodeGauge(encoded: string): GaugeReading | undefined {
  const [time, last = NaN, min = last, max = last] = decodeNumbers(encoded) ?? [];
  return time !== undefined && min <= last && last <= max ? { last, min, max } : undefined;
}

/** Decodes a sum. Anything else, which another program wrote, is 0. */
export function decodeSum(encoded: string): number {
  return decodeNumbers(encoded)?.[0] ?? 0;
}

/** Encodes a sketch: count, sum, minimum and maximum, then the number and the count of each bin, in any order. */
export function encodeSketch(sketch: Sketch): string {
  let encoded = `${sketch.count} ${sketch.sum} ${sketch.min} ${sketch.max}`;
  sketch.forEachBin((bin, count) => {
    encoded += ` ${bin} ${count}`;
  });
  return encoded;
}

/** Adds an encoded sketch, with its bins or without. Anything else, which another program wrote, adds nothing. */
export function addEncodedSketch(sketch: Sketch, encoded: string): void {
  const numbers = decodeNumbers(encoded);
  if (numbers === undefined) return;
  const [count = 0, sum = 0, min = 1, max = 0] = numbers;
  const isValid =
    isCount(count) && min <= max && numbers.every((number, index) => index < 4 || isBinPart(number, index));
  if (!isValid) return;
  sketch.addTotals(count, sum, min, max);
  for (let index = 4; index < numbers.length; index += 2) sketch.addBin(numbers[index]!, numbers[index + 1]!);
}

/** Bins and their counts follow each other. */
function isBinPart(number: number, index: number): boolean {
  return index % 2 === 0 ? Number.isInteger(number) : isCount(number);
}

function isCount(number: number): boolean {
  return Number.isSafeInteger(number) && number > 0;
}

/** Returns the numbers of a string; undefined if one is not finite. */
function decodeNumbers(encoded: string): number[] | undefined {
  const numbers = encoded.split(' ').map(Number);
  return numbers.every(Number.isFinite) ? numbers : undefined;
}
