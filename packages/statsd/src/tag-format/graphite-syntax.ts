import { sanitize } from '../line/sanitize.js';
import type { TagEncoder } from '../line/tag-encoder.js';
import { tagsWithInstance } from '../line/tags-with-instance.js';

/**
 * `name;key=value:1|c`: tags as Graphite stores them. A value must not begin with a tilde.
 *
 * @see https://graphite.readthedocs.io/en/latest/tags.html
 */
export const graphiteSyntax: TagEncoder = {
  encode: (series) => [
    sanitize(series.name),
    ...tagsWithInstance(series).map(([key, value]) => `${sanitize(key)}=${sanitize(value).replace(/^~/, '_')}`),
  ],
  tagsInName: true,
  firstTag: ';',
  nextTag: ';',
};
