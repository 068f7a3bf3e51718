// Options of the backend, their checks and defaults.
import {
  type HistogramRows,
  isInMilliseconds,
  type ResolvedTotalsOptions,
  resolveTotalsOptions,
  TOTALS_OPTIONS,
  type TotalsOptions,
} from '@metrics/aggregation';
import type { Series } from '@metrics/core';
import {
  checkInteger,
  checkKnownOptions,
  checkOptionsObject,
  describeValue,
  readVariable,
} from '@metrics/core/backend';
import { ExponentialRows } from './exponential-rows.js';
import { EXPONENTIAL_HISTOGRAM_AGGREGATION, type MetricExporter, type ResourceLike } from './metric-types.js';
import { resolveResource } from './resource.js';

/** Options of {@link OpenTelemetryBackend}. */
export interface OpenTelemetryOptions extends TotalsOptions {
  /**
   * Any `PushMetricExporter`, such as `new OTLPMetricExporter()`. Without one, the backend is a `MetricProducer`, for
   * `metricProducers` of an SDK's metric reader.
   */
  readonly exporter?: MetricExporter | undefined;
  /**
   * Attributes of what produces the metrics, or a `Resource` of the SDK.
   *
   * @default `OTEL_RESOURCE_ATTRIBUTES` and `OTEL_SERVICE_NAME`, which also complete attributes
   */
  readonly resource?: ResourceLike | Readonly<Record<string, string | number | boolean>> | undefined;
  /** Milliseconds between two exports. @default `OTEL_METRIC_EXPORT_INTERVAL`, otherwise 60_000 */
  readonly interval?: number | undefined;
  /** Milliseconds that an export may take. @default `OTEL_METRIC_EXPORT_TIMEOUT`, otherwise 30_000 */
  readonly timeout?: number | undefined;
  /** Data points that are exported together, at most. @default 1000 */
  readonly maxExportBatchSize?: number | undefined;
}

export interface ResolvedOpenTelemetryOptions {
  readonly totals: ResolvedTotalsOptions;
  readonly rowsFor: (series: Series) => HistogramRows;
  readonly exporter: MetricExporter | undefined;
  readonly resource: ResourceLike;
  readonly interval: number;
  readonly timeout: number;
  readonly maxExportBatchSize: number;
  /** Messages about variables of the environment that are invalid and ignored. */
  readonly warnings: readonly string[];
}

const OPTIONS: readonly (keyof OpenTelemetryOptions)[] = [
  ...TOTALS_OPTIONS,
  'exporter',
  'resource',
  'interval',
  'timeout',
  'maxExportBatchSize',
];
const EXPORTER_METHODS = ['export', 'forceFlush', 'shutdown'] as const;
/** The longest delay of a timer. */
const MAX_MS = 2 ** 31 - 1;
const MAX_BATCH = 1_000_000;
const DEFAULT_INTERVAL_MS = 60_000;
const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_EXPONENTIAL_BUCKETS = 160;

/** The bounds of the semantic conventions for durations, and those of the specification. */
const DEFAULT_BUCKETS = {
  milliseconds: [5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000],
  values: [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000],
};

/**
 * Checks the options and fills in defaults.
 *
 * @throws {TypeError | RangeError}, naming the option and showing its value.
 */
export function resolveOptions(options: OpenTelemetryOptions): ResolvedOpenTelemetryOptions {
  checkOptionsObject(options);
  checkKnownOptions('OpenTelemetryBackend', options, OPTIONS);
  const { exporter, resource, maxExportBatchSize = 1000 } = options;
  const missing = exporter !== undefined && EXPORTER_METHODS.find((method) => typeof exporter?.[method] !== 'function');
  if (missing)
    throw new TypeError(
      `exporter must be a metric exporter, such as new OTLPMetricExporter(); ${describeValue(exporter)} has no ${missing}().`,
    );
  if (resource !== undefined && (typeof resource !== 'object' || resource === null || Array.isArray(resource)))
    throw new TypeError(`resource must be attributes or a Resource, not ${describeValue(resource)}.`);
  checkInteger('interval', options.interval, 1, MAX_MS);
  checkInteger('timeout', options.timeout, 1, MAX_MS);
  checkInteger('maxExportBatchSize', maxExportBatchSize, 1, MAX_BATCH);
  const warnings: string[] = [];
  const totals = resolveTotalsOptions(options, DEFAULT_BUCKETS);
  return {
    totals,
    rowsFor: exponentialRowsOf(exporter) ?? totals.bucketsFor,
    exporter,
    resource: resolveResource(resource, (message) => warnings.push(message)),
    interval: options.interval ?? readMilliseconds('OTEL_METRIC_EXPORT_INTERVAL', warnings) ?? DEFAULT_INTERVAL_MS,
    timeout: options.timeout ?? readMilliseconds('OTEL_METRIC_EXPORT_TIMEOUT', warnings) ?? DEFAULT_TIMEOUT_MS,
    maxExportBatchSize,
    warnings,
  };
}

function readMilliseconds(name: string, warnings: string[]): number | undefined {
  const text = readVariable(name);
  if (text === undefined) return undefined;
  const milliseconds = Number(text);
  if (Number.isInteger(milliseconds) && milliseconds >= 1 && milliseconds <= MAX_MS) return milliseconds;
  warnings.push(`${name} must be a number of milliseconds, not ${describeValue(text)}, and is ignored.`);
  return undefined;
}

/** Returns rows of exponential histograms if the exporter asks for them. */
function exponentialRowsOf(exporter: MetricExporter | undefined): ((series: Series) => HistogramRows) | undefined {
  let selected: { readonly type: number; readonly options?: object | undefined } | undefined;
  try {
    selected = exporter?.selectAggregation?.('HISTOGRAM' as never);
  } catch {
    // Explicit buckets, the default of the specification.
  }
  if (selected?.type !== EXPONENTIAL_HISTOGRAM_AGGREGATION) return undefined;
  const { maxSize: size = DEFAULT_EXPONENTIAL_BUCKETS } = (selected.options ?? {}) as { readonly maxSize?: number };
  const seconds = new ExponentialRows(size, 1000);
  const others = new ExponentialRows(size, 1);
  return (series) => (isInMilliseconds(series) ? seconds : others);
}
