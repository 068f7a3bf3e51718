import type { BackendReporter, SampleAccounting } from '@metrics/aggregation';
import type { LogEntry, LogSink } from './log-sink.js';

/** Timers turn a longer delay into one millisecond. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** What a logger is given beside the message. */
export type LogFields = Readonly<Record<string, unknown>>;

/** How a logger is called that is no winston stream. */
export interface LogMethods {
  isEnabled(): boolean;
  write(message: string, fields: LogFields): void;
  /** Resolves when the logger has written; left out where it cannot say. */
  flush?(): Promise<void>;
}

export interface MethodSinkOptions {
  readonly level: string;
  readonly methods: LogMethods;
  readonly ledger: SampleAccounting;
  readonly problems: BackendReporter;
}

/** Lines through a method of a logger that does the rest: what returns counts as sent. */
export class MethodSink implements LogSink {
  readonly level: string;
  readonly #methods: LogMethods;
  readonly #ledger: SampleAccounting;
  readonly #problems: BackendReporter;
  #writing = false;

  constructor({ level, methods, ledger, problems }: MethodSinkOptions) {
    this.level = level;
    this.#methods = methods;
    this.#ledger = ledger;
    this.#problems = problems;
  }

  obstacle(): string | undefined {
    try {
      if (!this.#methods.isEnabled()) return 'level_off';
    } catch (cause) {
      return this.#failed(cause);
    }
    if (!this.#writing) return undefined;
    this.#problems.reportOnce(
      'recursive',
      'The logger records metrics, which are dropped. Give the metrics another one.',
    );
    return 'recursive';
  }

  write({ level: _level, message, ...fields }: LogEntry, samples: number): void {
    this.#writing = true;
    try {
      this.#methods.write(message, fields);
      this.#ledger.confirmSent(samples);
    } catch (cause) {
      this.#ledger.dropInFlight(samples, this.#failed(cause));
    }
    this.#writing = false;
  }

  settle(): void {}

  async settled(milliseconds: number): Promise<void> {
    let deadline: NodeJS.Timeout | undefined;
    const expired = new Promise<void>((resolve) => {
      deadline = setTimeout(resolve, Math.min(milliseconds, LONGEST_TIMEOUT));
    });
    try {
      await Promise.race([this.#methods.flush?.(), expired]);
    } catch (cause) {
      this.#failed(cause);
    }
    clearTimeout(deadline);
  }

  close(): void {}

  #failed(cause: unknown): string {
    this.#problems.reportOnce('logger_failed', 'The logger threw, and the line is lost. See the cause.', { cause });
    return 'logger_failed';
  }
}
