import type { MetricsLogger } from './sink/metrics-logger.js';

export interface LoggingOptions {
  /** Where lines go, recognised by its methods. @default the logger called {@link loggerName} in `winston.loggers` */
  readonly logger?: MetricsLogger | undefined;
  /** The level of all lines. @default 'debug' */
  readonly level?: string | undefined;
  /** The name in winston's container; not used where there is a {@link logger}. @default 'metrics' */
  readonly loggerName?: string | undefined;
  /** One line for each series and window instead of one for each call. @default off */
  readonly summary?: SummaryOptions | undefined;
}

export interface SummaryOptions {
  /** The window in milliseconds; must divide 10,000. @default 10_000 */
  readonly interval?: number | undefined;
}

export interface CheckedLoggingOptions {
  readonly logger: MetricsLogger | undefined;
  readonly level: string;
  readonly loggerName: string;
  /** The window of summaries, where they are on. */
  readonly interval: number | undefined;
}

const LONGEST_INTERVAL = 10_000;

/**
 * Fills in the defaults.
 *
 * @throws {TypeError} or {@link RangeError}, naming the option and showing its value.
 */
export function checkedOptions(options: LoggingOptions): CheckedLoggingOptions {
  if (!isObject(options)) throw new TypeError(`options must be an object, not ${shown(options)}.`);
  const { logger, level = 'debug', loggerName = 'metrics', summary } = options;
  checkText('level', level);
  checkText('loggerName', loggerName);
  if (summary === undefined) return { logger, level, loggerName, interval: undefined };
  if (!isObject(summary)) throw new TypeError(`summary must be an object, not ${shown(summary)}.`);
  const { interval = LONGEST_INTERVAL } = summary;
  if (typeof interval !== 'number')
    throw new TypeError(`summary.interval must be a number of milliseconds, not ${shown(interval)}.`);
  if (!(interval >= 1) || LONGEST_INTERVAL % interval !== 0)
    throw new RangeError(`summary.interval must divide 10,000 milliseconds, and ${interval} does not.`);
  return { logger, level, loggerName, interval };
}

function checkText(name: string, value: unknown): void {
  if (typeof value !== 'string' || value === '')
    throw new TypeError(`${name} must be a non-empty string, not ${shown(value)}.`);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value.slice(0, 120)}'`;
  return isObject(value) ? 'an object' : String(value).slice(0, 120);
}
