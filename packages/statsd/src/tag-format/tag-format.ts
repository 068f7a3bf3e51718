import { sanitize } from '../line/sanitize.js';
import type { TagEncoder } from '../line/tag-encoder.js';

/** StatsD as Etsy defines it: `name.instance:value|type`. There are no tags; the instance is a suffix of the name. */
export const plainSyntax: TagEncoder = {
  encode: ({ name, instance }) =>
    instance === undefined ? [sanitize(name)] : [sanitize(name), `.${sanitize(instance)}`],
  tagsInName: true,
  firstTag: '',
  nextTag: '',
};
