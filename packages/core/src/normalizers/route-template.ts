/** The most characters of a template, as many as a tag value may have. */
const MAX_LENGTH = 200;
/** Segments beyond these become one `*`. */
const MAX_SEGMENTS = 12;
/** A longer segment is a title or a token. */
const MAX_SEGMENT_LENGTH = 40;

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
/** Digits, small and capital letters in one: base64, nanoid and their like. */
const TOKEN = /^(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[\w-]{16,}$/;
const HEXADECIMAL = /^(?:(?=.*\d)[\da-f]{6,}|[\da-f]{16,})$/i;
const VERSION = /^v\d{1,3}(?:\.\d{1,3}){0,2}$/i;
/** `users`, `Users`, `API`, `getUserById`, `listURLs`: humps of three letters or more, else one would take `dQwXwWgXcQ`. */
const WORD =
  /^(?:[A-Z]{1,20}|[a-z]{0,20}(?:[A-Z]{1,4}[a-z]{2,20}|(?:At|By|Id|In|My|Of|On|Or|To)(?![a-z]))*(?:[A-Z]{1,4}s?)?)$/;
/** `oauth2`, `i18n`, `2fa`, `S3`: a letter, and at most two digits in one place. */
const WORD_WITH_DIGITS = /^(?!\d+$)(?:[A-Z]?[a-z]{0,10}\d{1,2}[a-z]{0,10}|[A-Z]{1,10}\d{1,2})$/;

/**
 * The route of a path or URL: `/users/42/posts/9f1c2d3e?x=1` is `/users/:id/posts/:id`. Numbers, dates, UUIDs, ULIDs, long
 * hexadecimals, e-mail and IP addresses, tokens, and what is not written in plain words become `:id`; origin, query,
 * fragment and matrix parameters are cut. At most 200 characters and 12 segments. Its own result stays as it is.
 *
 * A guess from the outside: words that are data, such as user names, pass. Where the router knows its template, use that.
 */
export function routeTemplate(path: string): string {
  if (typeof path !== 'string') return '/';
  const [bare = ''] = path.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '').split(/[?#]/, 1);
  const segments = bare.replace(/^\/+|\/+$/g, '').split(/\/+/, MAX_SEGMENTS + 1);
  let template = '';
  for (const [index, raw] of segments.entries()) {
    const [segment = ''] = raw.split(';', 1);
    const shown = isIdentifier(segment) ? ':id' : segment;
    // Two characters stay free for the end.
    if (index === MAX_SEGMENTS || template.length + shown.length + 3 > MAX_LENGTH) return `${template}/*`;
    if (shown !== '') template += `/${shown}`;
  }
  return template || '/';
}

/** Whether a text looks like data and not like a word of a program. Empty is none. */
export function isIdentifier(text: string): boolean {
  if (text.length > MAX_SEGMENT_LENGTH || UUID.test(text) || TOKEN.test(text)) return true;
  // `:id`, `{id}`, `[id]`, `*`: a template already.
  const bare = text.replace(/^[:{[<*]|[}\]>*]$/g, '');
  return !VERSION.test(bare) && bare.split(/[-_.~:/$]/).some((part) => !isWord(part));
}

function isWord(part: string): boolean {
  return (WORD.test(part) || WORD_WITH_DIGITS.test(part)) && !HEXADECIMAL.test(part);
}
