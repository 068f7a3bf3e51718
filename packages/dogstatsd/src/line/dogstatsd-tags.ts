import type { Series } from '@metrics/core';
import { sanitize, type TagEncoder, tagsWithInstance } from '@metrics/statsd/wire';
import type { ConstantTags } from './constant-tags.js';

/**
 * Returns an encoder for `name:1|c|#key:value,key2:value2`, with the constant tags last.
 *
 * @param reservedNameStart the start of a name that the server reads as something else, which is removed.
 * @param onConflict called with each tag key of a series that has another value as a constant tag.
 * @see https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/
 */
export function createTagEncoder(
  constants: ConstantTags,
  reservedNameStart: RegExp,
  onConflict: (series: Series, key: string) => void,
): TagEncoder {
  return {
    encode: (series) => {
      const name = sanitize(series.name);
      const tags = constants.encode(tagsWithInstance(series), (key) => onConflict(series, key));
      return [name.startsWith('_') ? name.replace(reservedNameStart, '') : name, ...tags];
    },
    tagsInName: false,
    firstTag: '|#',
    nextTag: ',',
  };
}
