// Checks of options. Each returns when the value is valid or undefined, and otherwise throws an error that names the option
// and shows the value: a TypeError for a wrong type, a RangeError for a value out of range.
import { describeValue } from '../problems/describe-value.js';

/**
 * Checks that options are an object.
 *
 * @throws {TypeError} if `options` is not an object.
 */
export function checkOptionsObject(options: unknown): void {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`options must be an object, not ${describeValue(options)}.`);
}

/**
 * Checks an option that is an integer. `undefined` is valid.
 *
 * @throws {TypeError} if the value is not a number.
 * @throws {RangeError} if it is not an integer from `min` to `max`.
 */
export function checkInteger(name: string, value: unknown, min: number, max: number): void {
  if (value === undefined) return;
  if (typeof value !== 'number') throw new TypeError(`${name} must be a number, not ${describeValue(value)}.`);
  if (!Number.isInteger(value) || value < min || value > max)
    throw new RangeError(`${name} must be an integer from ${min} to ${max}, not ${value}.`);
}

/**
 * Checks an option that is a number. `undefined` is valid, `NaN` is not.
 *
 * @throws {RangeError} if the value is not a number from `min` to `max`.
 */
export function checkNumber(name: string, value: unknown, min: number, max: number): void {
  if (value === undefined || (typeof value === 'number' && value >= min && value <= max)) return;
  throw new RangeError(`${name} must be a number from ${min} to ${max}, not ${describeValue(value)}.`);
}

/**
 * Checks an option that is true or false. `undefined` is valid.
 *
 * @throws {TypeError} if the value is not a boolean.
 */
export function checkBoolean(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'boolean')
    throw new TypeError(`${name} must be true or false, not ${describeValue(value)}.`);
}

/**
 * Checks an option that is a function. `undefined` is valid.
 *
 * @throws {TypeError} if the value is not a function.
 */
export function checkFunction(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function')
    throw new TypeError(`${name} must be a function, not ${describeValue(value)}.`);
}

/**
 * Checks an option with a fixed list of values. `undefined` is valid.
 *
 * @throws {RangeError} if the value is not one of `allowed`.
 */
export function checkOneOf(name: string, value: unknown, allowed: readonly unknown[]): void {
  if (value === undefined || allowed.includes(value)) return;
  throw new RangeError(
    `${name} must be one of ${allowed.map((one) => describeValue(one)).join(', ')}, not ${describeValue(value)}.`,
  );
}

/**
 * Checks an option that is a number of milliseconds and divides an interval. `undefined` is valid.
 *
 * @throws {RangeError} if the value is not a number of milliseconds, at least 1, that divides `interval`.
 */
export function checkDivisor(name: string, value: unknown, interval: number): void {
  if (value === undefined || (typeof value === 'number' && value >= 1 && interval % value === 0)) return;
  throw new RangeError(`${name} must divide ${interval} milliseconds, and ${describeValue(value)} does not.`);
}

/**
 * Refuses misspelled options, which would otherwise be ignored in silence.
 *
 * @param who the function or class that the options belong to, for the message.
 * @throws {TypeError} if an enumerable property of `options` is not in `names`. The message shows the nearest name.
 *
 * @example
 * ```ts
 * import { checkInteger, checkKnownOptions } from '@metrics/core/backend';
 *
 * function createQueue(options: { readonly size?: number } = {}): number[] {
 *   checkKnownOptions('createQueue()', options, ['size']);
 *   checkInteger('size', options.size, 1, 1000);
 *   return [];
 * }
 * createQueue({ size: 10 });
 * ```
 */
export function checkKnownOptions(who: string, options: object, names: readonly string[]): void {
  const unknown = Object.keys(options).find((key) => !names.includes(key));
  if (unknown === undefined) return;
  const pairs = letterPairs(unknown.slice(0, 60));
  // The share of common pairs: Dice's coefficient, which finds parts, other cases and misspellings.
  const score = (name: string): number =>
    letterPairs(name).filter((pair) => pairs.includes(pair)).length / (pairs.length + name.length);
  const [nearest = ''] = [...names].sort((one, other) => score(other) - score(one));
  const hint = score(nearest) > 0.1 ? `did you mean "${nearest}"?` : `known are ${names.join(', ')}.`;
  throw new TypeError(`${who}: unknown option ${describeValue(unknown)}; ${hint}`);
}

/** Types of options by name: of `typeof`, `array`, or undefined for those that are checked otherwise. */
export type OptionTypes<Options> = { readonly [Name in keyof Options]-?: string | undefined };

/** @throws {TypeError} if an option is unknown, or has another type. */
export function checkOptionTypes<Options>(who: string, options: object, types: OptionTypes<Options>): void {
  checkOptionsObject(options);
  checkKnownOptions(who, options, Object.keys(types));
  for (const [name, value] of Object.entries(options)) {
    const type = types[name as keyof Options];
    if (type && value !== undefined && (Array.isArray(value) ? 'array' : typeof value) !== type)
      throw new TypeError(`${who}: ${name} must be of type ${type}, not ${describeValue(value)}.`);
  }
}

/** Returns the pairs of adjacent characters in a name with a space before and after it. */
function letterPairs(name: string): string[] {
  const text = ` ${name.toLowerCase()} `;
  return Array.from(text.slice(1), (letter, index) => text[index] + letter);
}
