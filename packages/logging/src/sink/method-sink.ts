import type { BackendReporter, SampleAccounting } from '@metrics/aggregation';
import { copyEntry, type LogEntry, type LogSink } from './log-sink.js';

/** Timers turn a longer delay into one millisecond. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/** The fields of a line, without level and message. */
export type LogFields = Readonly<Record<string, unknown>>;

/** The calls of a logger that is not one of winston's. */
export interface LogMethods {
  isEnabled(): boolean;
  write(message: string, fields: LogFields): void;
  /** Resolves when the logger has written everything. Omitted for loggers that cannot wait. */
  flush?(): Promise<void>;
}

export interface MethodSinkOptions {
  readonly level: string;
  readonly methods: LogMethods;
  readonly accounting: SampleAccounting;
  readonly reporter: BackendReporter;
}

/** Writes lines through a method of the logger. A line is sent when the method returns. */
export class MethodSink implements LogSink {
  readonly level: string;
  readonly #methods: LogMethods;
  readonly #accounting: SampleAccounting;
  readonly #reporter: BackendReporter;
  #isWriting = false;

  constructor({ level, methods, accounting, reporter }: MethodSinkOptions) {
    this.level = level;
    this.#methods = methods;
    this.#accounting = accounting;
    this.#reporter = reporter;
  }

  unavailableReason(): string | undefined {
    try {
      if (!this.#methods.isEnabled()) return 'level_off';
    } catch (cause) {
      return this.#reportFailure(cause);
    }
    if (!this.#isWriting) return undefined;
    this.#reporter.reportOnce(
      'recursive',
      'The logger records metrics, which are dropped. Give metrics their own logger.',
    );
    return 'recursive';
  }

  write(entry: LogEntry, samples: number): void {
    this.#isWriting = true;
    try {
      const { level: _level, message, ...fields } = copyEntry(entry);
      this.#methods.write(message, fields);
      this.#accounting.confirmSent(samples);
    } catch (cause) {
      this.#accounting.dropInFlight(samples, this.#reportFailure(cause));
    }
    this.#isWriting = false;
  }

  async settled(timeout: number): Promise<void> {
    let deadline: NodeJS.Timeout | undefined;
    const expired = new Promise<void>((resolve) => {
      deadline = setTimeout(resolve, Math.min(timeout, MAX_TIMEOUT));
    });
    try {
      await Promise.race([this.#methods.flush?.(), expired]);
    } catch (cause) {
      this.#reportFailure(cause);
    }
    clearTimeout(deadline);
  }

  /** Returns the drop reason. */
  #reportFailure(cause: unknown): string {
    this.#reporter.reportOnce('logger_failed', 'The logger threw, and the line is dropped. See the cause.', { cause });
    return 'logger_failed';
  }
}
