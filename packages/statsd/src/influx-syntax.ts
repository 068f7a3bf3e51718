import type { LineSyntax } from './line-syntax.js';
import { sanitised } from './sanitised.js';
import { tagsOf } from './tags-of.js';

/**
 * `name,key=value:1|c`: tags as Telegraf and InfluxDB take them.
 *
 * @see https://github.com/influxdata/telegraf/blob/master/plugins/inputs/statsd/README.md
 */
export const influxSyntax: LineSyntax = {
  texts: (series) => [
    sanitised(series.name),
    ...tagsOf(series).map(([key, value]) => `${sanitised(key)}=${sanitised(value)}`),
  ],
  tagsInName: true,
  firstTag: ',',
  nextTag: ',',
};
