const MAX_TAG_LENGTH = 200;

/**
 * Returns a tag as Datadog stores it: lower case, letters, digits and `_ - : . /`, starting with a letter, at most 200
 * characters, without a repeated `_` or one at the end. Tags that Datadog would make equal are thus one series before they
 * are sent.
 *
 * https://docs.datadoghq.com/getting_started/tagging/#define-tags
 */
export function tagText(key: string, value: string): string {
  const clean = `${key}:${value}`
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_\-:./]/gu, '_')
    .replace(/_{2,}/g, '_');
  const tag = /^\p{L}/u.test(clean) ? clean : `t_${clean}`.replace(/_{2,}/g, '_');
  return truncate(tag).replace(/[_:]+$/, '');
}

/** Truncates a tag, without splitting a surrogate pair. */
function truncate(tag: string): string {
  return tag.length <= MAX_TAG_LENGTH ? tag : tag.slice(0, MAX_TAG_LENGTH).replace(/[\ud800-\udbff]$/, '');
}
