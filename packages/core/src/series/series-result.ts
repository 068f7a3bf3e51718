// The results that stand in for a series id, and the key of an instance among the tags of a series.

/** No series: unknown, or its sample was dropped and counted. */
export const NOT_FOUND = -1;
/** No series: samples would merge with those of other series, so they are dropped. */
export const WOULD_MERGE = -2;
/** The key of the instance, which is kept among the tags of a series. No tag has an empty key. */
export const INSTANCE_KEY = '';
