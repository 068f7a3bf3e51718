/**
 * The fields of a series as `@metrics/core` opens it. Written out, because the kit imports no package of the workspace.
 */
export interface SeriesFields {
  readonly kind: 'counter' | 'gauge' | 'timing' | 'distribution' | 'set';
  readonly key: string;
  readonly name: string;
  readonly instance: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly unit: string | undefined;
  readonly internal: boolean;
}

/** Returns a series as a facade without a prefix opens it. */
export function seriesOf(kind: SeriesFields['kind'], key: string, rest: Partial<SeriesFields> = {}): SeriesFields {
  return { kind, key, name: key, instance: undefined, tags: {}, unit: undefined, internal: false, ...rest };
}
