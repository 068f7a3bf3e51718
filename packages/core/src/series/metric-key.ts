/** Longer keys are invalid: no receiver accepts such a name, and keys are kept forever. */
const MAX_KEY_LENGTH = 1000;

/** The message about a key that is invalid. */
export const INVALID_KEY: string = `A metric's key is a string of 1 to ${MAX_KEY_LENGTH} characters.`;

/** Returns true for a string that may be the key of a metric. Callers without types may pass anything. */
export function isValidKey(key: unknown): key is string {
  return typeof key === 'string' && key !== '' && key.length <= MAX_KEY_LENGTH;
}
