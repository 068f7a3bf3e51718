// Turns paths into routes.

/** Characters of a template, as many as a tag value may have. */
const MAX_LENGTH = 200;
/** Any further segments become one `*`. */
const MAX_SEGMENTS = 12;
/** A longer segment is a title or a token. */
const MAX_SEGMENT_LENGTH = 40;

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
/** Digits, lower and upper case in one: base64, nanoid and similar. */
const TOKEN = /^(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[\w-]{16,}$/;
const HEXADECIMAL = /^(?:(?=.*\d)[\da-f]{6,}|[\da-f]{16,})$/i;
const VERSION = /^v\d{1,3}(?:\.\d{1,3}){0,2}$/i;
/** `users`, `Users`, `API`, `getUserById`, `listURLs`: humps have at least three letters, which excludes `dQwXwWgXcQ`. */
const WORD =
  /^(?:[A-Z]{1,20}|[a-z]{0,20}(?:[A-Z]{1,4}[a-z]{2,20}|(?:At|By|Id|In|My|Of|On|Or|To)(?![a-z]))*(?:[A-Z]{1,4}s?)?)$/;
/** `oauth2`, `i18n`, `2fa`, `S3`: letters, and at most two digits in one place. */
const WORD_WITH_DIGITS = /^(?!\d+$)(?:[A-Z]?[a-z]{0,10}\d{1,2}[a-z]{0,10}|[A-Z]{1,10}\d{1,2})$/;

/**
 * Returns the route of a path or URL: `/users/:id/posts/:id` for `/users/42/posts/9f1c2d3e?x=1`. Numbers, dates, UUIDs, ULIDs,
 * long hexadecimals, e-mail and IP addresses, tokens and segments that are not plain words become `:id`; origin, query,
 * fragment and matrix parameters are removed. At most 200 characters and 12 segments. A template is returned unchanged.
 *
 * This is a guess: words that are data, such as user names, remain. Prefer the template of a router that offers it.
 *
 * @example
 * ```ts
 * import { routeTemplate } from '@metrics/core/normalizers';
 *
 * console.log(routeTemplate('/users/42/posts/9f1c2d3e?x=1')); // /users/:id/posts/:id
 * ```
 */
export function routeTemplate(path: string): string {
  if (typeof path !== 'string') return '/';
  const [bare = ''] = path.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '').split(/[?#]/, 1);
  // Not trimmed by a pattern: `/+$` would look for the end from each slash of a long row of them.
  const segments = bare.split(/\/+/, MAX_SEGMENTS + 2).filter((segment) => segment !== '');
  let template = '';
  for (const [index, raw] of segments.entries()) {
    const [segment = ''] = raw.split(';', 1);
    const shown = isIdentifier(segment) ? ':id' : segment;
    // Two characters are reserved for the final `/*`.
    if (index === MAX_SEGMENTS || template.length + shown.length + 3 > MAX_LENGTH) return `${template}/*`;
    if (shown !== '') template += `/${shown}`;
  }
  return template || '/';
}

/** Returns true if a string looks like data rather than words of a program. An empty string does not. */
export function isIdentifier(value: string): boolean {
  if (value.length > MAX_SEGMENT_LENGTH || UUID.test(value) || TOKEN.test(value)) return true;
  // `:id`, `{id}`, `[id]`, `*` are parts of a template.
  const bare = value.replace(/^[:{[<*]|[}\]>*]$/g, '');
  return !VERSION.test(bare) && bare.split(/[-_.~:/$]/).some((part) => !isWord(part));
}

function isWord(part: string): boolean {
  return (WORD.test(part) || WORD_WITH_DIGITS.test(part)) && !HEXADECIMAL.test(part);
}
