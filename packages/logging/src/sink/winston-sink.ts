import { setTimeout as pause } from 'node:timers/promises';
import type { BackendReporter, SampleAccounting } from '@metrics/aggregation';
import type { Logger } from 'winston';
import { LevelGate } from './level-gate.js';
import { copyEntry, type LogEntry, type LogSink } from './log-sink.js';

/** The key under which winston keeps the level that formats do not change. */
const LEVEL = Symbol.for('level');
/** Number of lines that may wait in a logger, about ten megabytes. Winston itself has no limit. */
const MAX_WAITING_LINES = 10_000;
/** Bytes that may wait in a transport's stream. */
const MAX_WAITING_BYTES = 16_777_216;
/** Time between two checks whether winston has written. */
const POLL_MS = 5;

const MESSAGES = {
  logger_failed: 'The logger, one of its formats or a transport threw, and the line is dropped. See the cause.',
  transport_failed: 'A transport of the logger reported an error, and a line is dropped. See the cause.',
  logger_busy:
    'The logger does not keep up, and lines are dropped until it does. Use the option summary, or a faster transport.',
  no_transports:
    'The logger has no transports, and lines are dropped. Add one: logger.add(new winston.transports.Console()).',
  unknown_level: 'The logger does not have the level, so nothing is logged. Set the option level to one of its levels.',
  recursive: 'A transport of the logger records metrics, which are dropped. Give metrics their own logger.',
} as const;

/** The buffers of a stream. */
interface Buffering {
  readonly writableLength?: number;
  readonly readableLength?: number;
  readonly writableObjectMode?: boolean;
}
/** The internal streams of winston's own transports, which have no event for written lines. A test fails if they change. */
interface TransportInternals extends Buffering {
  /** The stream of `Stream`; in `File`, the stream before the file. */
  readonly _stream?: Buffering | null;
  /** Exists in `File` only. */
  readonly _opening?: boolean;
  /** The file of `File`, once it is open. */
  readonly _dest?: Buffering | null;
  /** Exists in `Console` only, which writes to the streams of the global console. */
  readonly stderrLevels?: unknown;
}

/** An entry as winston passes it to its transports, with the level under its symbol. */
type Info = LogEntry & { [LEVEL]?: string };

export interface WinstonSinkOptions {
  /** Returns the logger to use now. */
  readonly findLogger: () => Logger;
  readonly level: string;
  readonly accounting: SampleAccounting;
  readonly reporter: BackendReporter;
}

/**
 * Writes lines through a logger of winston 3, which belongs to the application and is never ended.
 *
 * Winston does not confirm single lines: its event `logged` comes before the write or never, depending on the transport, and
 * `finish` only at the end of the logger. So lines are sent when all buffers from the logger to the file or stream are empty.
 */
export class WinstonSink implements LogSink {
  readonly level: string;
  readonly #findLogger: () => Logger;
  readonly #accounting: SampleAccounting;
  readonly #reporter: BackendReporter;
  readonly #gate: LevelGate;
  #logger: Logger | undefined;
  #transports: readonly TransportInternals[] = [];
  /** Number of lines passed to the logger and not confirmed. */
  #pendingLines = 0;
  #pendingSamples = 0;
  #isWriting = false;
  /** Samples of the line being written; zero after they were dropped. */
  #currentSamples = 0;

  constructor({ findLogger, level, accounting, reporter }: WinstonSinkOptions) {
    this.#findLogger = findLogger;
    this.level = level;
    this.#accounting = accounting;
    this.#reporter = reporter;
    this.#gate = new LevelGate(level);
  }

  unavailableReason(): string | undefined {
    try {
      const logger = this.#findLogger();
      if (logger !== this.#logger) this.#listenTo(logger);
      if (!this.#gate.isOpen(logger)) return 'level_off';
      if (this.#isWriting) return this.#report('recursive');
      this.#transports = logger.transports;
      if (this.#transports.length === 0) return this.#report('no_transports');
      return isOverloaded(logger, this.#transports, this.#pendingLines) ? this.#report('logger_busy') : undefined;
    } catch (cause) {
      return this.#report('logger_failed', cause);
    }
  }

  write(entry: LogEntry, samples: number): void {
    const logger = this.#logger!;
    this.#pendingLines += 1;
    this.#pendingSamples += samples;
    this.#currentSamples = samples;
    this.#isWriting = true;
    try {
      const { defaultMeta } = logger;
      const copy = copyEntry(entry);
      const info: Info = defaultMeta == null ? copy : withDefaults(copy, defaultMeta);
      info[LEVEL] = entry.level;
      // `log` would pass no fields if the message contains a `%s`.
      logger.write(info);
    } catch (cause) {
      this.#dropLine('logger_failed', cause);
    }
    this.#isWriting = false;
    this.confirmWritten();
  }

  confirmWritten(): void {
    if (this.#pendingLines === 0 || !isIdle(this.#logger!, this.#transports)) return;
    this.#accounting.confirmSent(this.#pendingSamples);
    this.#pendingLines = 0;
    this.#pendingSamples = 0;
  }

  async settled(timeout: number): Promise<void> {
    const deadline = performance.now() + timeout;
    for (;;) {
      this.confirmWritten();
      const remaining = deadline - performance.now();
      if (this.#pendingLines === 0 || remaining <= 0) return;
      await pause(Math.min(POLL_MS, remaining));
    }
  }

  close(): void {
    this.#stopListening();
    this.#accounting.dropInFlight(this.#pendingSamples, 'timeout');
    this.#pendingLines = 0;
    this.#pendingSamples = 0;
  }

  /** Without a listener, the error of a transport would end the process. */
  readonly #onError = (cause: unknown): void => this.#dropLine('transport_failed', cause);

  #listenTo(logger: Logger): void {
    this.#stopListening();
    this.#logger = logger.on('error', this.#onError);
    if (!Object.hasOwn(logger.levels, this.level)) this.#report('unknown_level');
    if (logger.transports.length === 0) this.#report('no_transports');
  }

  /** Keeps the listener while lines are pending, because one of them may still fail. */
  #stopListening(): void {
    if (this.#pendingLines === 0) this.#logger?.off('error', this.#onError);
  }

  /** Drops the line being written, otherwise one of the pending ones: an error does not say which line failed. */
  #dropLine(reason: keyof typeof MESSAGES, cause: unknown): void {
    if (this.#pendingLines > 0 && (!this.#isWriting || this.#currentSamples > 0)) {
      const average = Math.ceil(this.#pendingSamples / this.#pendingLines);
      const samples = this.#isWriting ? this.#currentSamples : average;
      this.#currentSamples = 0;
      this.#pendingLines -= 1;
      this.#pendingSamples -= samples;
      this.#accounting.dropInFlight(samples, reason);
    }
    this.#report(reason, cause);
  }

  #report(reason: keyof typeof MESSAGES, cause?: unknown): string {
    this.#reporter.reportOnce(reason, MESSAGES[reason], { cause });
    return reason;
  }
}

/** Returns an entry with the logger's default fields. Level and message come first, and no default overrides a field. */
function withDefaults(entry: LogEntry, defaults: object): LogEntry {
  const { level, message, ...fields } = entry;
  return { level, message, ...defaults, ...fields };
}

/** Returns true if all buffers from the logger to the targets of its transports are empty. */
function isIdle(logger: Logger, transports: readonly TransportInternals[]): boolean {
  if (logger.writableLength + logger.readableLength > 0) return false;
  for (const { writableLength = 0, _stream, _dest, _opening, stderrLevels } of transports) {
    if (stderrLevels !== undefined && consoleBytes() > 0) return false;
    // Unread data of a user-supplied stream is not counted; data on its way to a file is.
    const towardsFile = _opening === undefined ? 0 : (_stream?.readableLength ?? 0) + (_dest?.writableLength ?? 0);
    if (writableLength + (_stream?.writableLength ?? 0) + towardsFile > 0) return false;
  }
  return true;
}

function isOverloaded(logger: Logger, transports: readonly TransportInternals[], pendingLines: number): boolean {
  if (logger.writableLength >= MAX_WAITING_LINES) return true;
  for (const { _stream, stderrLevels } of transports) {
    const limit = _stream?.writableObjectMode === true ? MAX_WAITING_LINES : MAX_WAITING_BYTES;
    if ((_stream?.writableLength ?? 0) >= limit) return true;
    // Short lines need more memory for their place in the queue than for their bytes.
    if (stderrLevels !== undefined && pendingLines >= MAX_WAITING_LINES && consoleBytes() > 0) return true;
  }
  return false;
}

/** Returns the bytes that wait because the standard output is a pipe whose reader is slow. */
function consoleBytes(): number {
  const { _stdout, _stderr } = console as { _stdout?: Buffering; _stderr?: Buffering };
  return (_stdout?.writableLength ?? 0) + (_stderr?.writableLength ?? 0);
}
