import type { Series } from '@metrics/core';

/**
 * Renders names and tags in the syntax of a server. A line is `name[tags]:value|type[|@rate][tags]`, with the tags in one of
 * the two places.
 */
export interface TagEncoder {
  /** Returns the name, then one string for each tag, all sanitized so that none of them contains syntax. */
  encode(series: Series): string[];
  /** Whether tags are a part of the name, or end the line. */
  readonly tagsInName: boolean;
  /** Precedes the first tag. */
  readonly firstTag: string;
  /** Precedes every other tag. */
  readonly nextTag: string;
}
