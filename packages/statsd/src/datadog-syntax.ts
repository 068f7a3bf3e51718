import type { LineSyntax } from './line-syntax.js';
import { sanitised, sanitisedTagValue } from './sanitised.js';
import { tagsOf } from './tags-of.js';

/**
 * `name:1|c|#key:value,key2:value2`: plain StatsD with tags at the end, as many servers read them. None of DogStatsD's
 * other extensions.
 *
 * @see https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/
 */
export const datadogSyntax: LineSyntax = {
  texts: (series) => [
    sanitised(series.name),
    ...tagsOf(series).map(([key, value]) => `${sanitised(key)}:${sanitisedTagValue(value)}`),
  ],
  tagsInName: false,
  firstTag: '|#',
  nextTag: ',',
};
