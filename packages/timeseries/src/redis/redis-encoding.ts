// How content of buckets is written on Redis: as numbers in decimal, separated by spaces.
import type { Sketch } from '../summary/sketch.js';
import type { GaugeReading } from '../time-series-store.js';

/** Encodes a reading: the time, the last value, and minimum and maximum if they differ from it. */
export function encodeGauge(time: number, { last, min, max }: GaugeReading): string {
  return min === last && max === last ? `${time} ${last}` : `${time} ${last} ${min} ${max}`;
}

export function decodeGauge(encoded: string): GaugeReading {
  const [, last, min = last, max = last] = encoded.split(' ').map(Number);
  return { last: last!, min: min!, max: max! };
}

/** Encodes a sketch: count, sum, minimum and maximum, then the number and the count of each bin, in any order. */
export function encodeSketch(sketch: Sketch): string {
  let encoded = `${sketch.count} ${sketch.sum} ${sketch.min} ${sketch.max}`;
  sketch.forEachBin((bin, count) => {
    encoded += ` ${bin} ${count}`;
  });
  return encoded;
}

export function addEncodedSketch(sketch: Sketch, encoded: string): void {
  const numbers = encoded.split(' ').map(Number);
  sketch.addTotals(numbers[0]!, numbers[1]!, numbers[2]!, numbers[3]!);
  for (let index = 4; index < numbers.length; index += 2) sketch.addBin(numbers[index]!, numbers[index + 1]!);
}
