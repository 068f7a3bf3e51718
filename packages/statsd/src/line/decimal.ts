// Numbers as text.

/** Length of the longest decimal of a double: a sign, `0.`, 323 zeros and 17 digits. */
export const MAX_DECIMAL_LENGTH = 345;

const ZERO = 48;
const MINUS = 45;
const POINT = 46;
const MAX_INT32 = 0x7fffffff;

/**
 * Writes a finite number as a plain decimal that parses back to the same double, and returns the index after it. The decimal
 * never has an exponent, because servers read `1e-7` in different ways.
 */
export function writeDecimal(value: number, target: Uint8Array, start: number): number {
  let at = start;
  let magnitude = value;
  if (value < 0) {
    target[at] = MINUS;
    at += 1;
    magnitude = -value;
  }
  if (magnitude <= MAX_INT32) {
    const whole = magnitude | 0;
    if (whole === magnitude) return writeInteger(whole, target, at);
    // Exact if the quotient equals the number: both are then the double nearest to the same decimal.
    const thousandths = Math.round(magnitude * 1000);
    if (thousandths / 1000 === magnitude) return writeThousandths(thousandths, target, at);
  }
  const text = formatDecimal(magnitude);
  for (let i = 0; i < text.length; i += 1) target[at + i] = text.charCodeAt(i);
  return at + text.length;
}

/**
 * Returns a number as a decimal without an exponent.
 *
 * @param value finite, and not negative.
 */
export function formatDecimal(value: number): string {
  const text = `${value}`;
  const exponentAt = text.indexOf('e');
  if (exponentAt < 0) return text;
  const [whole, fraction = ''] = text.slice(0, exponentAt).split('.') as [string, string?];
  const exponent = Number(text.slice(exponentAt + 1));
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${whole}${fraction}`;
  return `${whole}${fraction}${'0'.repeat(exponent - fraction.length)}`;
}

/**
 * Returns the sampling rate 1/k as a decimal, `0.1` for 10. The Datadog Agent truncates the inverse of the rate it reads, and
 * for some k, such as 93, the inverse of the double 1/k is a little less than k: the next smaller rate is then returned.
 *
 * @param sampleWeight k, an integer from 1.
 */
export function formatRate(sampleWeight: number): string {
  const rate = 1 / sampleWeight;
  return formatDecimal(Math.trunc(1 / rate) === sampleWeight ? rate : nextSmaller(rate));
}

/** @param value an integer from 0 to 2^31 - 1. */
function writeInteger(value: number, target: Uint8Array, start: number): number {
  let digits = 1;
  for (let rest = value; rest >= 10; rest = (rest / 10) | 0) digits += 1;
  writeDigits(value, target, start, digits);
  return start + digits;
}

function writeThousandths(thousandths: number, target: Uint8Array, start: number): number {
  const whole = (thousandths / 1000) | 0;
  let fraction = thousandths - whole * 1000;
  let digits = 3;
  while (fraction % 10 === 0) {
    fraction /= 10;
    digits -= 1;
  }
  const point = writeInteger(whole, target, start);
  target[point] = POINT;
  writeDigits(fraction, target, point + 1, digits);
  return point + 1 + digits;
}

function writeDigits(value: number, target: Uint8Array, start: number, digits: number): void {
  let rest = value;
  for (let at = start + digits - 1; at >= start; at -= 1) {
    const tenth = (rest / 10) | 0;
    target[at] = ZERO + (rest - tenth * 10);
    rest = tenth;
  }
}

/** @param value positive. */
function nextSmaller(value: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  view.setBigUint64(0, view.getBigUint64(0) - 1n);
  return view.getFloat64(0);
}
