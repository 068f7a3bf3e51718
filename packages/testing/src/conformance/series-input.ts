import type { MetricKind, Series } from '@metrics/core';

/** The registered prefix of all series here, so that a backend that transmits keys instead of names is noticed. */
const PREFIX = 'conformance.';

/** A series in short; what is left out has a default. */
export interface SeriesSketch {
  readonly kind: MetricKind;
  readonly key: string;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly instance?: string | undefined;
}

/**
 * The series as the facade would hand it over: tags in ascending order of their keys, without a prototype. Internal, so that a
 * backend that keeps only such series has something to keep.
 */
export function seriesOf({ kind, key, tags = {}, instance }: SeriesSketch): Series {
  const sorted = Object.create(null) as Record<string, string>;
  for (const tag of Object.keys(tags).sort()) sorted[tag] = tags[tag]!;
  return { kind, key, name: PREFIX + key, instance, tags: sorted, unit: undefined, internal: true };
}
