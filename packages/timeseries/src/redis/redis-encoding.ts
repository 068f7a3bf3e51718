import type { Sketch } from '../summary/sketch.js';
import type { GaugeReading } from '../time-series-store.js';

/** A reading as it is written on Redis: the time, the last value, and where they differ from it minimum and maximum. */
export function gaugeText(time: number, { last, min, max }: GaugeReading): string {
  return min === last && max === last ? `${time} ${last}` : `${time} ${last} ${min} ${max}`;
}

export function gaugeReading(text: string): GaugeReading {
  const [, last, min = last, max = last] = text.split(' ').map(Number);
  return { last: last!, min: min!, max: max! };
}

/** A sketch likewise: count, sum, minimum and maximum, then the number of each bin with its count, in any order. */
export function sketchText(sketch: Sketch): string {
  let text = `${sketch.count} ${sketch.sum} ${sketch.min} ${sketch.max}`;
  sketch.forEachBin((bin, count) => {
    text += ` ${bin} ${count}`;
  });
  return text;
}

export function addSketchText(sketch: Sketch, text: string): void {
  const numbers = text.split(' ').map(Number);
  sketch.addTotals(numbers[0]!, numbers[1]!, numbers[2]!, numbers[3]!);
  for (let index = 4; index < numbers.length; index += 2) sketch.addBin(numbers[index]!, numbers[index + 1]!);
}
