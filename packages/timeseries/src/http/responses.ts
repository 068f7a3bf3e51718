// What the handler answers, as JSON. Nothing is imported: the page, which runs where there is no Node.js, reads it too.

type Kind = 'counter' | 'gauge' | 'timing' | 'distribution' | 'set';

/** `/keys` */
export interface KeysAnswer {
  readonly keys: readonly string[];
  /** Whether there are more than those. */
  readonly truncated: boolean;
}

/** `/series` */
export interface SeriesAnswer {
  readonly key: string;
  /** `null` where nothing is kept under the key. */
  readonly kind: Kind | null;
  readonly unit: string | null;
  /** How many series there are. */
  readonly count: number;
  /** The tags of the series, each with its values, in order. */
  readonly tags: readonly { readonly tag: string; readonly values: readonly string[]; readonly truncated: boolean }[];
}

/** `/range` */
export interface RangeAnswer {
  readonly key: string;
  readonly kind: Kind | null;
  readonly unit: string | null;
  /** One without `groupBy`, or none where no series matches. `tagValue` is '' for the series without the tag. */
  readonly groups: readonly {
    readonly tagValue: string | null;
    /** Seconds since the epoch, and a value; `null` where nothing was recorded. The same times in all groups. */
    readonly points: readonly (readonly [timestamp: number, value: number | null])[];
  }[];
  /** How many groups are left out; those with the largest values over the range are there. */
  readonly omittedGroups: number;
}

/** `/top` */
export interface TopAnswer {
  readonly key: string;
  readonly tag: string;
  /** The largest first. */
  readonly entries: readonly { readonly tagValue: string; readonly value: number }[];
}
