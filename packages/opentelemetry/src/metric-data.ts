// The parts of a metric that all of its points share, as exporters read them.
import type { BucketRows, Family, TotalKind } from '@metrics/aggregation';
import { ExponentialRows } from './exponential-rows.js';
import { DataPointType, DOUBLE, type HrTime, type MetricData } from './metric-types.js';

/** The instruments of OpenTelemetry by the kind of a total, as an exporter is asked for their temporality. */
export const INSTRUMENTS: Readonly<Record<TotalKind, string>> = {
  counter: 'COUNTER',
  'up-down': 'UP_DOWN_COUNTER',
  gauge: 'GAUGE',
  set: 'GAUGE',
  histogram: 'HISTOGRAM',
};

/** Returns the bounds of a histogram's buckets as exported; none of other kinds. */
export function boundariesOf({ definition: { rows, divisor } }: Family): number[] {
  if (rows === undefined || rows instanceof ExponentialRows) return [];
  return Array.from((rows as BucketRows).bounds, (bound) => bound / divisor);
}

/** Returns the metric of a family without points. */
export function describe({ definition }: Family, temporality: number): MetricData {
  const { name, description = '', unit = '', kind } = definition;
  const descriptor = { name, description, unit, valueType: DOUBLE, type: INSTRUMENTS[kind], advice: {} };
  const common = { descriptor, aggregationTemporality: temporality, dataPoints: [] };
  if (kind === 'counter' || kind === 'up-down')
    return { ...common, dataPointType: DataPointType.SUM, isMonotonic: kind === 'counter' };
  if (kind === 'gauge' || kind === 'set') return { ...common, dataPointType: DataPointType.GAUGE };
  const isExponential = definition.rows instanceof ExponentialRows;
  return { ...common, dataPointType: isExponential ? DataPointType.EXPONENTIAL_HISTOGRAM : DataPointType.HISTOGRAM };
}

export function toHrTime(milliseconds: number): HrTime {
  const seconds = Math.floor(milliseconds / 1000);
  return [seconds, Math.round((milliseconds - seconds * 1000) * 1e6)];
}
