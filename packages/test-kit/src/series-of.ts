/**
 * The fields of a series as `@metrics/core` opens it. Written out, because the kit imports no package of the workspace.
 */
export interface SeriesFields {
  readonly kind: 'counter' | 'gauge' | 'timing' | 'distribution' | 'set';
  readonly key: string;
  readonly name: string;
  readonly instance: string | undefined;
  readonly tags: readonly (readonly [key: string, value: string])[];
  readonly unit: string | undefined;
  readonly internal: boolean;
  readonly description: string | undefined;
  readonly buckets: readonly number[] | undefined;
}

/** The fields a test chooses, tags as an object. */
export type SeriesChoice = Partial<Omit<SeriesFields, 'tags'>> & { readonly tags?: Readonly<Record<string, string>> };

/** Returns a series as a facade without a prefix opens it. */
export function seriesOf(kind: SeriesFields['kind'], key: string, { tags, ...rest }: SeriesChoice = {}): SeriesFields {
  return {
    kind,
    key,
    name: key,
    instance: undefined,
    tags: tagPairs(tags),
    unit: undefined,
    internal: false,
    description: undefined,
    buckets: undefined,
    ...rest,
  };
}

/** Returns tags as the facade passes them: pairs, by ascending keys. */
export function tagPairs(tags: Readonly<Record<string, string>> = {}): [key: string, value: string][] {
  return Object.entries(tags).sort(([one], [other]) => (one < other ? -1 : 1));
}
