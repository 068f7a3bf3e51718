import { formatDecimal } from './decimal.js';

/**
 * The sampling rate 1/k as it is written, `0.1` for 10. The Datadog Agent truncates the inverse of what it reads, and the
 * inverse of 1/93 is a little less than 93: where it is, the next smaller rate is written.
 *
 * @param inverse k, an integer from 1.
 */
export function rateText(inverse: number): string {
  const rate = 1 / inverse;
  return formatDecimal(Math.trunc(1 / rate) === inverse ? rate : nextSmaller(rate));
}

function nextSmaller(positive: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, positive);
  view.setBigUint64(0, view.getBigUint64(0) - 1n);
  return view.getFloat64(0);
}
