import type { MetricKind, Series } from '@metrics/core';

/** The registered prefix of all series of the suite. It exposes a backend that transmits keys instead of names. */
const PREFIX = 'conformance.';

/** The fields of a series that a check chooses. */
export interface SeriesInput {
  readonly kind: MetricKind;
  readonly key: string;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly instance?: string | undefined;
  readonly buckets?: readonly number[] | undefined;
}

/**
 * Returns the series as the facade opens it: tags by ascending keys. It is internal, so that a backend that keeps only such
 * series keeps it.
 */
export function toSeries({ kind, key, tags = {}, instance, buckets }: SeriesInput): Series {
  const pairs = Object.entries(tags).sort(([one], [other]) => (one < other ? -1 : 1));
  return {
    kind,
    key,
    name: PREFIX + key,
    instance,
    tags: pairs,
    unit: undefined,
    internal: true,
    description: undefined,
    buckets: buckets && [...buckets],
  };
}
