/** A point that took the place of another: the intake keeps the last of one series and second. */
export interface IntakeOverwrite {
  readonly metric: string;
  readonly host: string | undefined;
  readonly tags: readonly string[];
  /** Seconds since the epoch. */
  readonly timestamp: number;
  readonly lost: number;
  readonly kept: number;
}
