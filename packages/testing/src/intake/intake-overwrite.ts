/** A point that replaced another one: the intake keeps the last point of a series and second. */
export interface IntakeOverwrite {
  /** The name of the metric, prefix included. */
  readonly metric: string;
  /** The host of the series; undefined if none was sent. */
  readonly host: string | undefined;
  /** Sorted strings `key:value`. */
  readonly tags: readonly string[];
  /** Seconds since the epoch. */
  readonly timestamp: number;
  /** The value that was overwritten. */
  readonly lost: number;
  /** The value that is stored. */
  readonly kept: number;
}
