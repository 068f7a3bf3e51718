// Turns errors into names.
import { isIdentifier } from './route-template.js';

/** A class name or a code, without spaces or a leading digit. Five digits or capitals are an SQLSTATE: `23505`, `40P01`. */
const NAME = /^(?:[a-z_$][\w$./-]{0,63}|[\dA-Z]{5})$/i;

/**
 * Returns the kind of an error, never its message: its `code` if that is a name (`ECONNREFUSED`, `ERR_INVALID_ARG_TYPE`,
 * `23505`), else its `name`, else the name of its class. For a value that is not an object, returns its type: `string`,
 * `undefined`.
 *
 * @example
 * ```ts
 * import { errorName } from '@metrics/core/normalizers';
 *
 * console.log(errorName(new TypeError('no user 42'))); // TypeError
 * ```
 */
export function errorName(error: unknown): string {
  try {
    if (typeof error !== 'object' || error === null) return error === null ? 'null' : typeof error;
    const { code, name, constructor } = error as { code?: unknown; name?: unknown; constructor?: { name?: unknown } };
    // A subclass that sets no name inherits `Error`.
    const candidates = [code, name === 'Error' ? undefined : name, constructor?.name, name];
    return candidates.find(isName) ?? 'unknown';
  } catch {
    // A getter or a proxy that throws.
    return 'unknown';
  }
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && NAME.test(value) && (value.length === 5 || !isIdentifier(value));
}
