// The counts of client telemetry.
import type { SlotKind } from '@metrics/aggregation';
import type { MetricKind } from '@metrics/core';
import type { PipelineStats } from '@metrics/statsd/wire';

/** Running totals since the start, by name. A type follows the name after a colon: `metrics_by_type:gauge`. */
export type TelemetryCounts = Readonly<Record<string, number>>;

/** Number of calls, before sampling and aggregation. */
export type SubmittedCounts = Record<MetricKind | 'events' | 'serviceChecks', number>;

export interface TelemetrySource {
  readonly submitted: Readonly<SubmittedCounts>;
  readonly stats: PipelineStats;
  /** How often a flush found samples of a rendered series, by kind. */
  readonly drained: Readonly<Record<SlotKind, number>>;
}

/** Reasons of samples that were lost in a packet or while waiting for one. Packets are counted separately. */
const LOST_IN_TRANSIT: ReadonlySet<string> = new Set(['send_failed', 'timeout', 'exit']);

/**
 * Returns the counts that Datadog's clients report about themselves, with the names and meanings of the Go client.
 *
 * @see https://docs.datadoghq.com/developers/dogstatsd/high_throughput/#client-side-telemetry
 */
export function computeTelemetryCounts({ submitted, stats, drained }: TelemetrySource): TelemetryCounts {
  const { counter, gauge, timing, distribution, set } = submitted;
  const droppedOnReceive = Object.entries(stats.dropped).filter(([reason]) => !LOST_IN_TRANSIT.has(reason));
  return {
    metrics: counter + gauge + timing + distribution + set,
    'metrics_by_type:count': counter,
    'metrics_by_type:gauge': gauge,
    'metrics_by_type:timing': timing,
    'metrics_by_type:distribution': distribution,
    'metrics_by_type:set': set,
    events: submitted.events,
    service_checks: submitted.serviceChecks,
    metric_dropped_on_receive: sum(droppedOnReceive.map(([, samples]) => samples)),
    packets_sent: stats.packets,
    bytes_sent: stats.bytes,
    packets_dropped: stats.packetsDropped + stats.packetsAbandoned,
    bytes_dropped: stats.bytesDropped + stats.bytesAbandoned,
    packets_dropped_queue: stats.packetsAbandoned,
    bytes_dropped_queue: stats.bytesAbandoned,
    packets_dropped_writer: stats.packetsDropped,
    bytes_dropped_writer: stats.bytesDropped,
    aggregated_context: sum(Object.values(drained)),
    'aggregated_context_by_type:count': drained.counter,
    'aggregated_context_by_type:gauge': drained.gauge,
    'aggregated_context_by_type:timing': drained.timing,
    'aggregated_context_by_type:distribution': drained.distribution,
    'aggregated_context_by_type:histogram': drained.histogram,
    'aggregated_context_by_type:set': drained.set,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
