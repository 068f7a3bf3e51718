// The tag formats of StatsD servers.
import type { Series } from '@metrics/core';
import { sanitize, sanitizeName, sanitizeTagKey, sanitizeTagValue } from '../line/sanitize.js';
import type { TagEncoder } from '../line/tag-encoder.js';
import { tagsWithInstance } from '../line/tags-with-instance.js';

/** How tags are written, if at all. */
export type TagFormat = 'none' | 'graphite' | 'influx' | 'datadog';

/** The encoder of each tag format. */
export const tagEncoders: Readonly<Record<TagFormat, TagEncoder>> = {
  /** `name.instance:1|c`: StatsD as Etsy defines it. There are no tags; the instance is a suffix of the name. */
  none: {
    encode: ({ name, instance }) =>
      instance === undefined ? [sanitizeName(name)] : [sanitizeName(name), `.${sanitize(instance)}`],
    tagsInName: true,
    firstTag: '',
    nextTag: '',
  },
  /**
   * `name;key=value:1|c`: tags as Graphite stores them. A value must not begin with a tilde, and a key `name` would be lost.
   *
   * @see https://graphite.readthedocs.io/en/latest/tags.html
   */
  graphite: {
    encode: (series) => encodeTags(series, (key, value) => `${graphiteKey(key)}=${sanitize(value).replace(/^~/, '_')}`),
    tagsInName: true,
    firstTag: ';',
    nextTag: ';',
  },
  /**
   * `name,key=value:1|c`: tags as Telegraf and InfluxDB read them.
   *
   * @see https://github.com/influxdata/telegraf/blob/master/plugins/inputs/statsd/README.md
   */
  influx: {
    encode: (series) => encodeTags(series, (key, value) => `${sanitize(key)}=${sanitize(value)}`),
    tagsInName: true,
    firstTag: ',',
    nextTag: ',',
  },
  /**
   * `name:1|c|#key:value,key2:value2`: plain StatsD with tags at the end, which many servers read, without the other
   * extensions of DogStatsD.
   *
   * @see https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/
   */
  datadog: {
    encode: (series) => encodeTags(series, (key, value) => `${sanitizeTagKey(key)}:${sanitizeTagValue(value)}`),
    tagsInName: false,
    firstTag: '|#',
    nextTag: ',',
  },
};

/** @param encodeTag called with a key and a value as they were recorded. */
function encodeTags(series: Series, encodeTag: (key: string, value: string) => string): string[] {
  return [sanitizeName(series.name), ...tagsWithInstance(series).map(([key, value]) => encodeTag(key, value))];
}

/** Graphite keeps the name of a metric as a tag `name`, and its queries have no keys with `!` and `^`. */
function graphiteKey(key: string): string {
  const safe = sanitize(key).replaceAll(/[!^]/g, '_');
  return safe === 'name' ? 'name_' : safe;
}
