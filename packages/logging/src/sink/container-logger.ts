import winston, { type Logger } from 'winston';
import { metricsFormat } from '../format/metrics-format.js';

/**
 * Finds the logger of that name in winston's container, each time anew: it may be added after the backend was made, or be
 * replaced. It is never created there, because winston would ignore the options of the application's own `add` then.
 *
 * As long as nobody added one, lines go to stderr, where they are seen and spoil no output.
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
