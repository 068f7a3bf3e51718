import { checkDivisor, checkKnownOptions, checkOptionsObject, describeValue } from '@metrics/core/backend';
import type { MetricsLogger } from './sink/metrics-logger.js';

/** Options of {@link LoggingBackend}. */
export interface LoggingOptions {
  /** The logger of all lines, recognized by its methods. @default the logger {@link loggerName} in `winston.loggers` */
  readonly logger?: MetricsLogger | undefined;
  /** The level of all lines. @default 'debug' */
  readonly level?: string | undefined;
  /** The name of a logger in `winston.loggers`; ignored if {@link logger} is set. @default 'metrics' */
  readonly loggerName?: string | undefined;
  /** Writes one line for each series and window instead of one for each call. @default off */
  readonly summary?: SummaryOptions | undefined;
}

/** Options of {@link LoggingOptions.summary}. */
export interface SummaryOptions {
  /** Length of the window in milliseconds; a divisor of 10,000. @default 10_000 */
  readonly interval?: number | undefined;
}

export interface ResolvedLoggingOptions {
  readonly logger: MetricsLogger | undefined;
  readonly level: string;
  readonly loggerName: string;
  /** Length of the window of summaries in milliseconds; undefined if they are off. */
  readonly summaryInterval: number | undefined;
}

const MAX_SUMMARY_INTERVAL = 10_000;

/**
 * Checks the options and fills in the defaults.
 *
 * @throws {TypeError | RangeError} that names the option and shows its value.
 */
export function resolveOptions(options: LoggingOptions): ResolvedLoggingOptions {
  checkOptionsObject(options);
  checkKnownOptions('LoggingBackend', options, ['logger', 'level', 'loggerName', 'summary']);
  const { logger, level = 'debug', loggerName = 'metrics', summary } = options;
  checkNonEmptyString('level', level);
  checkNonEmptyString('loggerName', loggerName);
  if (summary === undefined) return { logger, level, loggerName, summaryInterval: undefined };
  if (typeof summary !== 'object' || summary === null)
    throw new TypeError(`summary must be an object, not ${describeValue(summary)}.`);
  checkKnownOptions('summary', summary, ['interval']);
  const { interval = MAX_SUMMARY_INTERVAL } = summary;
  checkDivisor('summary.interval', interval, MAX_SUMMARY_INTERVAL);
  return { logger, level, loggerName, summaryInterval: interval };
}

function checkNonEmptyString(name: string, value: unknown): void {
  if (typeof value !== 'string' || value === '')
    throw new TypeError(`${name} must be a non-empty string, not ${describeValue(value)}.`);
}
