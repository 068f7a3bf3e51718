import type { Series } from '@metrics/core';
import { sanitize, type TagEncoder, tagsWithInstance } from '@metrics/statsd/wire';
import type { ConstantTags } from './constant-tags.js';

/**
 * Returns an encoder for `name:1|c|#key:value,key2:value2`, with the constant tags last.
 *
 * @param onConflict called with each tag key of a series that has another value as a constant tag.
 * @see https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/
 */
export function createTagEncoder(
  constants: ConstantTags,
  onConflict: (series: Series, key: string) => void,
): TagEncoder {
  return {
    encode: (series) => [
      encodeName(series.name),
      ...constants.encode(tagsWithInstance(series), (key) => onConflict(series, key)),
    ],
    tagsInName: false,
    firstTag: '|#',
    nextTag: ',',
  };
}

/** Removes leading underscores if the Agent would read `_sc…` as a service check or `_e{…` as an event. */
function encodeName(name: string): string {
  const safe = sanitize(name);
  return safe.startsWith('_') ? safe.replace(/^_+(?=sc|e\{)/, '') : safe;
}
