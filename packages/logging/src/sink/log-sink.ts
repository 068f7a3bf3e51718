/** A line: its level, message and fields. Fields that are undefined are omitted. */
export interface LogEntry {
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** Returns a copy that the logger may change. The tags of a series are shared by all of its lines. */
export function copyEntry(entry: LogEntry): Record<string, unknown> & LogEntry {
  return typeof entry['tags'] === 'object' ? { ...entry, tags: { ...entry['tags'] } } : { ...entry };
}

/**
 * Writes lines to a logger. The samples of a line are in flight when it is written; the sink confirms or drops them. Never
 * throws or rejects.
 */
export interface LogSink {
  /** The level of all entries. */
  readonly level: string;
  /**
   * Returns the drop reason if logging is impossible now, otherwise undefined. Called before a line is built, so that a level
   * that is off costs next to nothing.
   */
  unavailableReason(): string | undefined;
  /**
   * Writes a line, right after {@link unavailableReason} returned undefined. The logger gets a copy, because redaction and
   * formats that mask values change what they get.
   */
  write(entry: LogEntry, samples: number): void;
  /** Confirms the samples of lines that the logger has written by now. Omitted if {@link write} confirms them. */
  confirmWritten?(): void;
  /** Resolves when all lines are written, as far as the logger shows it, or after `timeout` milliseconds. */
  settled(timeout: number): Promise<void>;
  /** Releases the logger and drops the samples of lines that it has not written. */
  close?(): void;
}
