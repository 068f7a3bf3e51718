import type { Statistic } from '../statistic.js';

/**
 * A summary of samples that can be merged with others: a sketch of values, or a count of distinct members. A store keeps
 * summaries encoded, as strings of one byte a character, and fills one object from them to merge or to read.
 */
export interface MergeableSummary {
  clear(): void;
  /** Adds a value, or the hash of a member. */
  record(value: number): void;
  /**
   * Adds an encoded summary.
   *
   * @param statistic the only statistic that will be read, if so: some need less than the whole string.
   */
  merge(encoded: string, statistic?: Statistic): void;
  encode(): string;
  /** Returns true if {@link encode} may have returned the string. Any other must not be merged. */
  isValid(encoded: string): boolean;
  /** Returns a statistic; `undefined` if there are no samples or the summary does not have it. */
  statistic(statistic: Statistic): number | undefined;
}
