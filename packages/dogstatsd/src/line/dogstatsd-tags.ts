import type { Series } from '@metrics/core';
import { sanitize, type TagEncoder, tagsWithInstance } from '@metrics/statsd/wire';
import type { ConstantTags } from './constant-tags.js';

/**
 * `name:1|c|#key:value,key2:value2`, the constant tags last.
 *
 * @param onConflict called with a tag key of a series whose value is not the constant one.
 * @see https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/
 */
export function dogStatsdSyntax(
  constants: ConstantTags,
  onConflict: (series: Series, key: string) => void,
): TagEncoder {
  return {
    encode: (series) => [
      metricName(series.name),
      ...constants.render(tagsWithInstance(series), (key) => onConflict(series, key)),
    ],
    tagsInName: false,
    firstTag: '|#',
    nextTag: ',',
  };
}

/** The Agent takes whatever begins with `_sc` for a service check, and with `_e{` for an event. */
function metricName(name: string): string {
  return sanitize(name).replace(/^_+(?=sc|e\{)/, '');
}
