/** @throws {TypeError} or {@link RangeError} on what is given and is no integer within the bounds, naming the option. */
export function checkInteger(name: string, value: unknown, least: number, most: number): void {
  if (value === undefined) return;
  if (typeof value !== 'number') throw new TypeError(`${name} must be a number, not ${shown(value)}.`);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${name} must be an integer from ${least} to ${most}, not ${shown(value)}.`);
  }
}

/** An option's value as a part of a message. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value.slice(0, 120)}'`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value).slice(0, 120);
}
