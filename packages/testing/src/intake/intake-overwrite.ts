/** A point that replaced another one: the intake keeps the last point of a series and second. */
export interface IntakeOverwrite {
  readonly metric: string;
  readonly host: string | undefined;
  readonly tags: readonly string[];
  /** Seconds since the epoch. */
  readonly timestamp: number;
  /** The value that was overwritten. */
  readonly lost: number;
  /** The value that is stored. */
  readonly kept: number;
}
