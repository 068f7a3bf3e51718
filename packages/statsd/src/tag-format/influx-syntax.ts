import { sanitize } from '../line/sanitize.js';
import type { TagEncoder } from '../line/tag-encoder.js';
import { tagsWithInstance } from '../line/tags-with-instance.js';

/**
 * `name,key=value:1|c`: tags as Telegraf and InfluxDB take them.
 *
 * @see https://github.com/influxdata/telegraf/blob/master/plugins/inputs/statsd/README.md
 */
export const influxSyntax: TagEncoder = {
  encode: (series) => [
    sanitize(series.name),
    ...tagsWithInstance(series).map(([key, value]) => `${sanitize(key)}=${sanitize(value)}`),
  ],
  tagsInName: true,
  firstTag: ',',
  nextTag: ',',
};
