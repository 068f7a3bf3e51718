import { buildPage } from '../../build-page.cjs';

/**
 * The files of the page by name, as text. The build of this package evaluates this module and bundles what it yields, so
 * only tests make the page when they are run.
 */
export const pageFiles: Readonly<Record<'index.html' | 'page.css' | 'page.js', string>> = buildPage();
