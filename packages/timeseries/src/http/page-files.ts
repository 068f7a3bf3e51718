import { buildPage } from '../../build-page.cjs';

/**
 * The content of the page's files, by name. The package's build evaluates this module and bundles its value, so the page
 * is built at run time only in tests.
 */
export const pageFiles: Readonly<Record<'index.html' | 'page.css' | 'page.js', string>> = buildPage();
