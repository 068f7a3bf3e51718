import { isIdentifier } from './route-template.js';

/** A class name or a code: no spaces, no digit in front. Five digits or capitals are an SQLSTATE: `23505`, `40P01`. */
const NAME = /^(?:[a-z_$][\w$./-]{0,63}|[\dA-Z]{5})$/i;

/**
 * What kind of error it is, as few words as possible and never its message: its `code` where that is a name
 * (`ECONNREFUSED`, `ERR_INVALID_ARG_TYPE`, `23505`), else its `name`, else the name of its class. For what is no object, its
 * type: `string`, `undefined`.
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

function isName(text: unknown): text is string {
  return typeof text === 'string' && NAME.test(text) && (text.length === 5 || !isIdentifier(text));
}
