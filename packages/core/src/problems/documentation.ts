/**
 * The address of the site, with a slash at its end. It is empty until the site has a home; CONTRIBUTING says how to change it.
 */
const SITE = '';

/** The name of a page of the site in messages: its address, or the file that every installation has. */
export type DocumentationPage<Page extends string> = typeof SITE extends ''
  ? 'the README of @metrics/core'
  : `${typeof SITE}${Page}.html`;

/**
 * Returns the address of a page of the site, or the README that has it until there is a site: every installation has that file.
 *
 * @param page its path without extension, such as `guide/tags`.
 * @param packageName whose README it is.
 */
export function documentationPage(page: string, packageName: string = '@metrics/core'): string {
  const site: string = SITE;
  return site ? `${site}${page}.html` : `the README of ${packageName}`;
}
