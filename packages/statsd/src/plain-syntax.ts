import type { LineSyntax } from './line-syntax.js';
import { sanitised } from './sanitised.js';

/** StatsD as Etsy defines it: `name.instance:value|type`. There are no tags; the instance is a suffix of the name. */
export const plainSyntax: LineSyntax = {
  texts: ({ name, instance }) =>
    instance === undefined ? [sanitised(name)] : [sanitised(name), `.${sanitised(instance)}`],
  tagsInName: true,
  firstTag: '',
  nextTag: '',
};
