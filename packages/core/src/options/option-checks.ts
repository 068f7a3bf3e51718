// Checks of options. Each returns when the value is valid or undefined, and otherwise throws an error that names the option
// and shows the value: a TypeError for a wrong type, a RangeError for a value out of range.
import { describeValue } from '../problems/describe-value.js';

/** @throws {TypeError} if `options` is not an object. */
export function checkOptionsObject(options: unknown): void {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`options must be an object, not ${describeValue(options)}.`);
}

/** @throws {TypeError} if the value is not a number. @throws {RangeError} if it is not an integer from `min` to `max`. */
export function checkInteger(name: string, value: unknown, min: number, max: number): void {
  if (value === undefined) return;
  if (typeof value !== 'number') throw new TypeError(`${name} must be a number, not ${describeValue(value)}.`);
  if (!Number.isInteger(value) || value < min || value > max)
    throw new RangeError(`${name} must be an integer from ${min} to ${max}, not ${value}.`);
}

/** @throws {RangeError} if the value is not a number from `min` to `max`. */
export function checkNumber(name: string, value: unknown, min: number, max: number): void {
  if (value === undefined || (typeof value === 'number' && value >= min && value <= max)) return;
  throw new RangeError(`${name} must be a number from ${min} to ${max}, not ${describeValue(value)}.`);
}

/** @throws {TypeError} if the value is not a boolean. */
export function checkBoolean(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'boolean')
    throw new TypeError(`${name} must be true or false, not ${describeValue(value)}.`);
}

/** @throws {TypeError} if the value is not a function. */
export function checkFunction(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function')
    throw new TypeError(`${name} must be a function, not ${describeValue(value)}.`);
}

/** @throws {RangeError} if the value is not one of `allowed`. */
export function checkOneOf(name: string, value: unknown, allowed: readonly unknown[]): void {
  if (value === undefined || allowed.includes(value)) return;
  throw new RangeError(
    `${name} must be one of ${allowed.map((one) => describeValue(one)).join(', ')}, not ${describeValue(value)}.`,
  );
}

/** @throws {RangeError} if the value is not a number of milliseconds, at least 1, that divides `interval`. */
export function checkDivisor(name: string, value: unknown, interval: number): void {
  if (value === undefined || (typeof value === 'number' && value >= 1 && interval % value === 0)) return;
  throw new RangeError(`${name} must divide ${interval} milliseconds, and ${describeValue(value)} does not.`);
}

/**
 * Refuses misspelled options, which would otherwise be ignored in silence.
 *
 * @param who the function or class that the options belong to, for the message.
 * @throws {TypeError} if an enumerable property of `options` is not in `names`. The message shows the nearest name.
 */
export function checkKnownOptions(who: string, options: object, names: readonly string[]): void {
  const unknown = Object.keys(options).find((key) => !names.includes(key));
  if (unknown === undefined) return;
  const [nearest, score] = nearestName(unknown, names);
  const hint = score > 0.2 ? `did you mean "${nearest}"?` : `known are ${names.join(', ')}.`;
  throw new TypeError(`${who}: unknown option ${describeValue(unknown)}; ${hint}`);
}

/** Returns the name that shares most pairs of adjacent letters with a key, and their share (Dice's coefficient). */
function nearestName(key: string, names: readonly string[]): [name: string, score: number] {
  const pairs = letterPairs(key.slice(0, 60));
  let nearest: [string, number] = ['', 0];
  for (const name of names) {
    const others = letterPairs(name);
    const score = (2 * others.filter((pair) => pairs.includes(pair)).length) / (pairs.length + others.length);
    if (score > nearest[1]) nearest = [name, score];
  }
  return nearest;
}

/** Returns the pairs of adjacent characters in a name with a space before and after it. */
function letterPairs(name: string): string[] {
  const text = ` ${name.toLowerCase()} `;
  return Array.from({ length: text.length - 1 }, (_, index) => text.slice(index, index + 2));
}
