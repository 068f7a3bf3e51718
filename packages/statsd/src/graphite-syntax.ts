import type { LineSyntax } from './line-syntax.js';
import { sanitised } from './sanitised.js';
import { tagsOf } from './tags-of.js';

/**
 * `name;key=value:1|c`: tags as Graphite stores them. A value must not begin with a tilde.
 *
 * @see https://graphite.readthedocs.io/en/latest/tags.html
 */
export const graphiteSyntax: LineSyntax = {
  texts: (series) => [
    sanitised(series.name),
    ...tagsOf(series).map(([key, value]) => `${sanitised(key)}=${sanitised(value).replace(/^~/, '_')}`),
  ],
  tagsInName: true,
  firstTag: ';',
  nextTag: ';',
};
