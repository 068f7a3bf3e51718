// The JSON bodies of the handler. This file imports nothing, because the page, which runs without Node.js, uses it too.

type Kind = 'counter' | 'gauge' | 'timing' | 'distribution' | 'set';

/** `/keys` */
export interface KeysResponse {
  readonly keys: readonly string[];
  /** True if there are more keys. */
  readonly truncated: boolean;
}

/** `/series` */
export interface SeriesResponse {
  readonly key: string;
  /** `null` if the key has no history. */
  readonly kind: Kind | null;
  readonly unit: string | null;
  /** Number of series. */
  readonly count: number;
  /** The tags of the series, in order, each with its values. */
  readonly tags: readonly { readonly tag: string; readonly values: readonly string[]; readonly truncated: boolean }[];
}

/** `/range` */
export interface RangeResponse {
  readonly key: string;
  readonly kind: Kind | null;
  readonly unit: string | null;
  /** One group without `groupBy`, or an empty list if no series matches. `tagValue` is '' for series without the tag. */
  readonly groups: readonly {
    readonly tagValue: string | null;
    /** Seconds since the epoch, and a value; `null` if nothing was recorded. The times are the same in all groups. */
    readonly points: readonly (readonly [timestamp: number, value: number | null])[];
  }[];
  /** Number of omitted groups. The groups with the largest values over the range are included. */
  readonly omittedGroups: number;
}

/** `/charts` */
export interface ChartsResponse {
  /** In the order of the request. */
  readonly charts: readonly {
    readonly key: string;
    /** `null` if the key has no history. */
    readonly kind: Kind | null;
    readonly unit: string | null;
    /** Number of series, with any tags. */
    readonly count: number;
    /** The statistics of the kind: `p50`, `p95` and `p99` of timings and distributions. Empty if no series matches. */
    readonly lines: readonly {
      readonly statistic: string;
      /** As in `/range`, merged so that there are about as many as requested. The times are the same in all lines. */
      readonly points: readonly (readonly [timestamp: number, value: number | null])[];
    }[];
  }[];
}

/** `/top` */
export interface TopResponse {
  readonly key: string;
  readonly tag: string;
  /** The entries, largest value first. */
  readonly entries: readonly { readonly tagValue: string; readonly value: number }[];
}
