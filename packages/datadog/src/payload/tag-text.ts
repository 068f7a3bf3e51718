const LONGEST = 200;

/**
 * A tag as Datadog keeps it: lower case, letters, digits and `_ - : . /`, the first a letter, at most 200, no `_` twice or
 * at the end. Written so here, tags that Datadog would make equal are one series already.
 *
 * https://docs.datadoghq.com/getting_started/tagging/#define-tags
 */
export function tagText(key: string, value: string): string {
  const clean = `${key}:${value}`
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_\-:./]/gu, '_')
    .replace(/_{2,}/g, '_');
  const begun = /^\p{L}/u.test(clean) ? clean : `t_${clean}`.replace(/_{2,}/g, '_');
  return clipped(begun).replace(/[_:]+$/, '');
}

/** Never half of a character outside the basic plane. */
function clipped(text: string): string {
  return text.length <= LONGEST ? text : text.slice(0, LONGEST).replace(/[\ud800-\udbff]$/, '');
}
