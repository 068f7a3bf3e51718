/** The longest decimal of a double: a sign, `0.`, 323 zeros and 17 digits. */
export const MAX_DECIMAL_LENGTH = 345;

const ZERO = 48;
const MINUS = 45;
const POINT = 46;
const LARGEST_INT = 0x7fffffff;

/**
 * Writes a finite number as plain decimals that parse back to the same double, never with an exponent: servers read
 * `1e-7` as they please. Answers where it ends.
 */
export function writeDecimal(value: number, target: Uint8Array, start: number): number {
  let at = start;
  let magnitude = value;
  if (value < 0) {
    target[at] = MINUS;
    at += 1;
    magnitude = -value;
  }
  if (magnitude <= LARGEST_INT) {
    const whole = magnitude | 0;
    if (whole === magnitude) return writeInteger(whole, target, at);
    // Thousandths are exact where their quotient is the number again: both are the double nearest to the same decimal.
    const thousandths = Math.round(magnitude * 1000);
    if (thousandths <= LARGEST_INT && thousandths / 1000 === magnitude)
      return writeThousandths(thousandths, target, at);
  }
  const text = formatDecimal(magnitude);
  for (let i = 0; i < text.length; i += 1) target[at + i] = text.charCodeAt(i);
  return at + text.length;
}

/** A finite number as a decimal without an exponent. */
export function formatDecimal(value: number): string {
  const text = `${value}`;
  const exponentAt = text.indexOf('e');
  if (exponentAt < 0) return text;
  const sign = text.startsWith('-') ? '-' : '';
  const [whole, fraction = ''] = text.slice(sign.length, exponentAt).split('.') as [string, string?];
  const exponent = Number(text.slice(exponentAt + 1));
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${whole}${fraction}`;
  return `${sign}${whole}${fraction}${'0'.repeat(exponent - fraction.length)}`;
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
