// Options of the backend, their checks and defaults.
import {
  type ResolvedTotalsOptions,
  resolveTotalsOptions,
  TOTALS_OPTIONS,
  type TotalsOptions,
} from '@metrics/aggregation';
import { checkInteger, checkKnownOptions, checkOneOf, checkOptionsObject, describeValue } from '@metrics/core/backend';
import { toLabelName } from './exposition-names.js';

/** Options of {@link PrometheusBackend}. */
export interface PrometheusOptions extends TotalsOptions {
  /** The label of an instance. Prometheus has the label `instance` for the target. @default 'exported_instance' */
  readonly instanceLabel?: string | undefined;
  /** `auto` responds with OpenMetrics to servers that prefer it; `text` never does. @default 'text' */
  readonly format?: 'text' | 'auto' | undefined;
  /** Serves scrapes on this port from registration to `close`. @default none; 9464 if created by name */
  readonly port?: number | undefined;
  /** The address of the port. Everyone who reaches it can read all metrics. @default '127.0.0.1' */
  readonly host?: string | undefined;
  /** The path of scrapes on the port. @default '/metrics' */
  readonly path?: string | undefined;
}

/** The address that scrapes are served at. */
export interface ListenOptions {
  readonly port: number;
  readonly host: string;
  readonly path: string;
}

export interface ResolvedPrometheusOptions {
  readonly totals: ResolvedTotalsOptions;
  readonly instanceLabel: string;
  readonly format: 'text' | 'auto';
  readonly listen: ListenOptions | undefined;
}

const OPTIONS: readonly (keyof PrometheusOptions)[] = [
  ...TOTALS_OPTIONS,
  'instanceLabel',
  'format',
  'port',
  'host',
  'path',
];

/** The bounds that client libraries of Prometheus have, and ones for values of any size. */
const DEFAULT_BUCKETS = {
  milliseconds: [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000],
  values: [1, 5, 10, 50, 100, 500, 1000, 5000, 10_000, 50_000, 100_000, 1e6, 1e7],
};

/**
 * Checks the options and fills in defaults.
 *
 * @throws {TypeError | RangeError}, naming the option and showing its value.
 */
export function resolveOptions(options: PrometheusOptions): ResolvedPrometheusOptions {
  checkOptionsObject(options);
  checkKnownOptions('PrometheusBackend', options, OPTIONS);
  const { instanceLabel = 'exported_instance', format = 'text', port, host = '127.0.0.1', path = '/metrics' } = options;
  if (typeof instanceLabel !== 'string' || toLabelName(instanceLabel) !== instanceLabel)
    throw new TypeError(
      `instanceLabel must be a label such as 'worker', not one that Prometheus reserves: ${describeValue(instanceLabel)}.`,
    );
  checkOneOf('format', format, ['text', 'auto']);
  checkInteger('port', port, 0, 65_535);
  if (typeof host !== 'string' || host === '')
    throw new TypeError(`host must be an address such as '0.0.0.0', not ${describeValue(host)}.`);
  if (typeof path !== 'string' || !path.startsWith('/'))
    throw new TypeError(`path must be a path such as '/metrics', not ${describeValue(path)}.`);
  if (port === undefined && (options.host !== undefined || options.path !== undefined))
    throw new TypeError('host and path have no effect without port: set it, or mount prometheusHandler() yourself.');
  const totals = resolveTotalsOptions(options, DEFAULT_BUCKETS);
  return { totals, instanceLabel, format, listen: port === undefined ? undefined : { port, host, path } };
}
