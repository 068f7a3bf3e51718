import winston, { type Logger } from 'winston';
import { metricsFormat } from '../format/metrics-format.js';

/**
 * Returns a function that finds the logger of a name in winston's container. It looks at each call, because the application
 * may add or replace the logger at any time. It never adds one: winston would then ignore the options of the application's
 * own `add`.
 *
 * Until the application adds the logger, lines go to stderr: people see them there, and the program's output stays clean.
 */
export function containerLogger(name: string, level: string): () => Logger {
  const { loggers } = winston.loggers;
  let added: Logger | undefined;
  let fallback: Logger | undefined;
  return () => {
    added = loggers.get(name) ?? added;
    if (added !== undefined) return added;
    fallback ??= winston.createLogger({
      levels: { [level]: 0 },
      level,
      format: metricsFormat(),
      transports: [new winston.transports.Console({ stderrLevels: [level] })],
    });
    return fallback;
  };
}
