import { setTimeout as pause } from 'node:timers/promises';
import type { BackendReporter, SampleAccounting } from '@metrics/aggregation';
import type { Logger } from 'winston';
import { LevelGate } from './level-gate.js';
import type { LogEntry, LogSink } from './log-sink.js';

/** Where winston keeps the level that formats do not change. */
const LEVEL = Symbol.for('level');
/** Lines that may wait in a logger: about ten megabytes. Winston itself knows no bound. */
const MAX_WAITING_LINES = 10_000;
/** The same for a stream of bytes behind a transport. */
const MAX_WAITING_BYTES = 16_777_216;
/** Milliseconds between two looks whether winston has written. */
const POLL = 5;

const MESSAGES = {
  logger_failed: 'The logger, one of its formats or transports threw, and the line is lost. See the cause.',
  transport_failed: 'A transport of the logger reported an error, and the line is lost. See the cause.',
  logger_busy:
    'The logger is too far behind, and lines are dropped until it catches up. Use the option summary, or a faster transport.',
  no_transports:
    'The logger has no transports, and lines are dropped. Add one: logger.add(new winston.transports.Console()).',
  unknown_level: 'The logger does not know the level, so nothing is logged. Set the option level to one of its levels.',
  recursive: 'A transport of the logger records metrics, which are dropped. Give the metrics a logger of their own.',
} as const;

/** What is behind winston's own transports; they tell nobody when it has written. A test fails if it moves. */
interface Buffering {
  readonly writableLength?: number;
  readonly readableLength?: number;
  readonly writableObjectMode?: boolean;
}
interface TransportInternals extends Buffering {
  /** The stream of `Stream`; what `File` puts before its file. */
  readonly _stream?: Buffering | null;
  /** Only `File` has it. */
  readonly _opening?: boolean;
  /** The file of `File`, once it is open. */
  readonly _dest?: Buffering | null;
}

/** What winston passes on, with the level under its symbol. */
type Info = LogEntry & { [LEVEL]?: string };

export interface WinstonSinkOptions {
  /** The logger to use now. */
  readonly find: () => Logger;
  readonly level: string;
  readonly ledger: SampleAccounting;
  readonly problems: BackendReporter;
}

/**
 * Lines through a logger of winston 3, which belongs to the application and is never ended.
 *
 * Winston confirms no single line: its event `logged` comes before the write, or never, as the transport likes, and `finish`
 * only at the end of the logger. So a line is sent when all buffers from the logger to the file or stream are empty.
 */
export class WinstonSink implements LogSink {
  readonly level: string;
  readonly #find: () => Logger;
  readonly #ledger: SampleAccounting;
  readonly #problems: BackendReporter;
  readonly #gate: LevelGate;
  #logger: Logger | undefined;
  #transports: readonly TransportInternals[] = [];
  /** Written to the logger, and not known to have left it. */
  #lines = 0;
  #samples = 0;
  #writing = false;
  /** Samples of the line being written, until it is lost. */
  #current = 0;

  constructor({ find, level, ledger, problems }: WinstonSinkOptions) {
    this.#find = find;
    this.level = level;
    this.#ledger = ledger;
    this.#problems = problems;
    this.#gate = new LevelGate(level);
  }

  obstacle(): string | undefined {
    try {
      const logger = this.#find();
      if (logger !== this.#logger) this.#adopt(logger);
      if (!this.#gate.isOpen(logger)) return 'level_off';
      if (this.#writing) return this.#report('recursive');
      this.#transports = logger.transports;
      if (this.#transports.length === 0) return this.#report('no_transports');
      return isBehind(logger, this.#transports) ? this.#report('logger_busy') : undefined;
    } catch (cause) {
      return this.#report('logger_failed', cause);
    }
  }

  write(entry: LogEntry, samples: number): void {
    const logger = this.#logger!;
    this.#lines += 1;
    this.#samples += samples;
    this.#current = samples;
    this.#writing = true;
    try {
      const { defaultMeta } = logger;
      const info: Info = defaultMeta == null ? entry : withDefaults(entry, defaultMeta);
      info[LEVEL] = entry.level;
      // Not `log`: it hands over no fields when there is a `%s` in the message.
      logger.write(info);
    } catch (cause) {
      this.#lose('logger_failed', cause);
    }
    this.#writing = false;
    this.settle();
  }

  settle(): void {
    if (this.#lines === 0 || !isIdle(this.#logger!, this.#transports)) return;
    this.#ledger.confirmSent(this.#samples);
    this.#lines = 0;
    this.#samples = 0;
  }

  async settled(milliseconds: number): Promise<void> {
    const ends = performance.now() + milliseconds;
    for (;;) {
      this.settle();
      const left = ends - performance.now();
      if (this.#lines === 0 || left <= 0) return;
      await pause(Math.min(POLL, left));
    }
  }

  close(): void {
    this.#letGo();
    this.#ledger.dropInFlight(this.#samples, 'timeout');
    this.#lines = 0;
    this.#samples = 0;
  }

  /** Without a listener, the error of a transport would end the process. */
  readonly #onError = (cause: unknown): void => this.#lose('transport_failed', cause);

  #adopt(logger: Logger): void {
    this.#letGo();
    this.#logger = logger.on('error', this.#onError);
    if (logger.levels[this.level] === undefined) this.#report('unknown_level');
    if (logger.transports.length === 0) this.#report('no_transports');
  }

  /** As long as winston holds lines of ours, an error of theirs must not find an emitter without listeners. */
  #letGo(): void {
    if (this.#lines === 0) this.#logger?.off('error', this.#onError);
  }

  /** An error says not which line it hit: while one is written it is that one, else one of those that wait. */
  #lose(reason: keyof typeof MESSAGES, cause: unknown): void {
    if (this.#lines > 0 && (!this.#writing || this.#current > 0)) {
      const samples = this.#writing ? this.#current : Math.ceil(this.#samples / this.#lines);
      this.#current = 0;
      this.#lines -= 1;
      this.#samples -= samples;
      this.#ledger.dropInFlight(samples, reason);
    }
    this.#report(reason, cause);
  }

  #report(reason: keyof typeof MESSAGES, cause?: unknown): string {
    this.#problems.reportOnce(reason, MESSAGES[reason], { cause });
    return reason;
  }
}

/** Level and message first, as in all entries; no default overrides a field of the metric. */
function withDefaults(entry: LogEntry, defaults: object): LogEntry {
  const { level, message, ...fields } = entry;
  return { level, message, ...defaults, ...fields };
}

/** Whether nothing is left in the buffers from the logger to what its transports write to. */
function isIdle(logger: Logger, transports: readonly TransportInternals[]): boolean {
  if (logger.writableLength + logger.readableLength > 0) return false;
  for (const { writableLength = 0, _stream, _dest, _opening } of transports) {
    // What nobody has read yet is the business of whoever gave the stream, except where it is on its way to a file.
    const towardsFile = _opening === undefined ? 0 : (_stream?.readableLength ?? 0) + (_dest?.writableLength ?? 0);
    if (writableLength + (_stream?.writableLength ?? 0) + towardsFile > 0) return false;
  }
  return true;
}

function isBehind(logger: Logger, transports: readonly TransportInternals[]): boolean {
  if (logger.writableLength >= MAX_WAITING_LINES) return true;
  for (const { _stream } of transports) {
    const bound = _stream?.writableObjectMode === true ? MAX_WAITING_LINES : MAX_WAITING_BYTES;
    if ((_stream?.writableLength ?? 0) >= bound) return true;
  }
  return false;
}
