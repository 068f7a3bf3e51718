import { sanitisedTagValue, sanitize } from '../line/sanitize.js';
import type { TagEncoder } from '../line/tag-encoder.js';
import { tagsWithInstance } from '../line/tags-with-instance.js';

/**
 * `name:1|c|#key:value,key2:value2`: plain StatsD with tags at the end, as many servers read them. None of DogStatsD's
 * other extensions.
 *
 * @see https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/
 */
export const datadogSyntax: TagEncoder = {
  encode: (series) => [
    sanitize(series.name),
    ...tagsWithInstance(series).map(([key, value]) => `${sanitize(key)}:${sanitisedTagValue(value)}`),
  ],
  tagsInName: false,
  firstTag: '|#',
  nextTag: ',',
};
