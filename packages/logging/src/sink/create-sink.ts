import type { BackendReporter, SampleAccounting } from '@metrics/aggregation';
import { describeValue } from '@metrics/core/backend';
import type { Logger } from 'winston';
import { containerLogger } from './container-logger.js';
import type { LogSink } from './log-sink.js';
import { type LogFields, type LogMethods, MethodSink } from './method-sink.js';
import type { MetricsLogger } from './metrics-logger.js';
import { WinstonSink } from './winston-sink.js';

export interface CreateSinkOptions {
  /** Undefined for the logger {@link loggerName} in winston's container. */
  readonly logger: MetricsLogger | undefined;
  readonly level: string;
  readonly loggerName: string;
  readonly accounting: SampleAccounting;
  readonly reporter: BackendReporter;
}

/** Any logger. Its methods are checked before they are called. */
type AnyLogger = Readonly<Record<string, (...parameters: unknown[]) => unknown>>;

/**
 * Creates the sink that fits the methods of the logger.
 *
 * @throws {TypeError} if the logger lacks methods, or the level.
 */
export function createSink({ logger, level, loggerName, accounting, reporter }: CreateSinkOptions): LogSink {
  const common = { level, accounting, reporter };
  if (logger === undefined) return new WinstonSink({ ...common, findLogger: containerLogger(loggerName, level) });
  if ((typeof logger !== 'object' && typeof logger !== 'function') || logger === null)
    throw new TypeError(`logger must be an object with methods, not ${describeValue(logger)}.`);
  if (isWinston(logger)) {
    checkLevel(logger, level);
    return new WinstonSink({ ...common, findLogger: () => logger });
  }
  return new MethodSink({ ...common, methods: detectLoggerMethods(logger as unknown as AnyLogger, level) });
}

function detectLoggerMethods(logger: AnyLogger, level: string): LogMethods {
  // Every object has methods such as `toString`, which log nothing.
  const has = (method: string): boolean => !(method in Object.prototype) && typeof logger[method] === 'function';
  const isEnabled = (): boolean => logger['isLevelEnabled']!(level) === true;
  if (has('isLevelEnabled') && has('log') && has(level) && logger['log']!.length === 1) {
    // The logger of NestJS: `log` is one of its levels, and takes the message first, as all of them do.
    return { isEnabled, write: (message, fields) => void logger[level]!(message, omitUndefined(fields)) };
  }
  if (has('isLevelEnabled') && has('log')) {
    return { isEnabled, write: (message, fields) => void logger['log']!(level, message, omitUndefined(fields)) };
  }
  if (has('isLevelEnabled') && has(level)) {
    const methods: LogMethods = { isEnabled, write: (message, fields) => void logger[level]!(fields, message) };
    // The flush of older versions of pino has no callback parameter, and would never call it.
    if (!has('flush') || logger['flush']!.length === 0) return methods;
    return { ...methods, flush: () => new Promise<void>((resolve) => void logger['flush']!(() => resolve())) };
  }
  if (has(level)) {
    return {
      isEnabled: () => true,
      // The console interprets its first parameter as a format.
      write: (message, fields) => void logger[level]!(message.replaceAll('%', '%%'), omitUndefined(fields)),
    };
  }
  const method = describeValue(level);
  const missing = has('isLevelEnabled') ? `log or ${method}` : `${method}${has('log') ? ', or isLevelEnabled' : ''}`;
  throw new TypeError(
    `logger must have the methods of winston (log, isLevelEnabled), of pino (${method}, isLevelEnabled) or of the console (${method}), but lacks ${missing}.`,
  );
}

function isWinston(logger: object): logger is Logger {
  const { log, isLevelEnabled, write, on, transports } = logger as Partial<Logger>;
  return [log, isLevelEnabled, write, on].every((method) => typeof method === 'function') && Array.isArray(transports);
}

function checkLevel({ levels }: Logger, level: string): void {
  if (Object.hasOwn(levels, level)) return;
  throw new TypeError(
    `level must be one of the logger's (${Object.keys(levels).join(', ')}), not ${describeValue(level)}.`,
  );
}

/** Removes undefined fields, which some loggers would show. */
function omitUndefined(fields: LogFields): LogFields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
