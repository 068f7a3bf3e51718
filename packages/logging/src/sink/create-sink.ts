import type { BackendReporter, SampleAccounting } from '@metrics/aggregation';
import type { Logger } from 'winston';
import type { CheckedLoggingOptions } from '../logging-options.js';
import { containerLogger } from './container-logger.js';
import type { LogSink } from './log-sink.js';
import { type LogFields, type LogMethods, MethodSink } from './method-sink.js';
import { WinstonSink } from './winston-sink.js';

/** Any logger: what it has is looked at before it is called. */
type AnyLogger = Readonly<Record<string, (...parameters: unknown[]) => unknown>>;

/**
 * The sink that knows how to call this logger.
 *
 * @throws {TypeError} when the logger has none of the known shapes, or not this level.
 */
export function recognisedSink(
  { logger, level, loggerName }: CheckedLoggingOptions,
  parts: { readonly ledger: SampleAccounting; readonly problems: BackendReporter },
): LogSink {
  if (logger === undefined) return new WinstonSink({ ...parts, level, find: containerLogger(loggerName, level) });
  if ((typeof logger !== 'object' && typeof logger !== 'function') || logger === null)
    throw new TypeError(`logger must be an object with methods, not ${String(logger).slice(0, 120)}.`);
  if (isWinston(logger)) {
    checkLevel(logger, level);
    return new WinstonSink({ ...parts, level, find: () => logger });
  }
  return new MethodSink({ ...parts, level, methods: recognisedMethods(logger as unknown as AnyLogger, level) });
}

function recognisedMethods(logger: AnyLogger, level: string): LogMethods {
  const has = (method: string): boolean => typeof logger[method] === 'function';
  const isEnabled = (): boolean => logger['isLevelEnabled']!(level) === true;
  if (has('isLevelEnabled') && has('log')) {
    return { isEnabled, write: (message, fields) => void logger['log']!(level, message, present(fields)) };
  }
  if (has('isLevelEnabled') && has(level)) {
    const methods: LogMethods = { isEnabled, write: (message, fields) => void logger[level]!(fields, message) };
    // An older pino's takes no callback, so it would never be called.
    if (!has('flush') || logger['flush']!.length === 0) return methods;
    return { ...methods, flush: () => new Promise<void>((resolve) => void logger['flush']!(() => resolve())) };
  }
  if (has(level)) {
    return {
      isEnabled: () => true,
      // The console takes its first parameter for a format.
      write: (message, fields) => void logger[level]!(message.replaceAll('%', '%%'), present(fields)),
    };
  }
  const missing = has('isLevelEnabled') ? `log or ${level}` : `${level}${has('log') ? ', or isLevelEnabled' : ''}`;
  throw new TypeError(
    `logger must have the methods of winston (log, isLevelEnabled), of pino (${level}, isLevelEnabled) or of the console (${level}); what was given lacks ${missing}.`,
  );
}

function isWinston(logger: object): logger is Logger {
  const { log, isLevelEnabled, write, on, transports } = logger as Partial<Logger>;
  return [log, isLevelEnabled, write, on].every((method) => typeof method === 'function') && Array.isArray(transports);
}

function checkLevel({ levels }: Logger, level: string): void {
  if (levels[level] !== undefined) return;
  throw new TypeError(`level must be one of the logger's (${Object.keys(levels).join(', ')}), not '${level}'.`);
}

/** The fields that have a value: not every logger leaves out the others. */
function present(fields: LogFields): LogFields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
