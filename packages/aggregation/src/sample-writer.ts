/**
 * Where a drain hands its samples. A writer owns what it was given until it settles it in the ledger, as sent or lost.
 *
 * `burstFull` and `ready` are asked before each call; a writer that says no is not written to.
 */
export interface SampleWriter {
  /** False while nothing can be sent. Timed drains wait, and the columns keep merging. */
  readonly ready: boolean;
  /** As much is written as a receiver takes at once: the drain pauses. */
  readonly burstFull: boolean;
  /** The pause is over. */
  beginBurst(): void;

  /** @param sum finite. */
  counter(slot: number, sum: number, samples: number): void;
  /** @param value finite: the last one. */
  gauge(slot: number, value: number, samples: number): void;
  /**
   * Single values, each one sample, drawn at the rate 1/`inverse`. A kind that is merged comes this way where merging is off.
   *
   * @returns the index of the first value that is left for the next burst; greater than `from`.
   */
  values(slot: number, values: Float64Array, from: number, to: number, inverse: number): number;
  member(slot: number, member: string, samples: number): void;
  /** A whole line that was rendered when it was recorded. Only for writers whose columns are given lines. */
  line?(bytes: Uint8Array, samples: number): void;

  /** The drain is over: what is still open is sent. */
  finish(): void;
  /** Resolves when everything handed over is settled, or waits for a transport that is down. */
  settled(): Promise<void>;
  /** Tries to become ready now. Resolves with whether it is, within about a second. */
  whenReady(): Promise<boolean>;
  /** Loses all that is not settled. */
  dropUnsent(reason: string): void;
}
