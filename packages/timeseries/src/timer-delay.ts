// Bounds of options in milliseconds.
import { describeValue } from '@metrics/core/backend';

/** The longest delay of a Node.js timer, in milliseconds. A timer with a longer one fires immediately. */
export const MAX_TIMEOUT: number = 2 ** 31 - 1;

/** @throws {RangeError} if the option is not a number of milliseconds from `min` to the longest delay of a timer. */
export function checkTimerDelay(name: string, value: unknown, min: number): void {
  if (!(typeof value === 'number' && value >= min && value <= MAX_TIMEOUT))
    throw new RangeError(`${name} must be from ${min} to ${MAX_TIMEOUT} milliseconds, not ${describeValue(value)}.`);
}
