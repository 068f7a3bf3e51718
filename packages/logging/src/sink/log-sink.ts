/** A line: its level and message, and fields; those that are undefined are not there. */
export interface LogEntry {
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** Where lines go. It answers for the samples of a line until it settles them in the ledger. Never throws or rejects. */
export interface LogSink {
  /** The level of all entries. */
  readonly level: string;
  /**
   * Why no line can be logged now, as a reason for the books; undefined where it can. Asked before anything is built, so
   * that a level that is off costs next to nothing.
   */
  obstacle(): string | undefined;
  /** Only right after {@link obstacle} found none. The entry is the sink's from here on. */
  write(entry: LogEntry, samples: number): void;
  /** Brings the books up to date. */
  settle(): void;
  /** Resolves when everything is written as far as can be seen, or when `milliseconds` have passed. */
  settled(milliseconds: number): Promise<void>;
  /** Lets the logger go, and loses what it has not written. */
  close(): void;
}
