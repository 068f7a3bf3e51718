import type { SampleBuffer } from '@metrics/aggregation';
import type { BackendStats, MetricKind } from '@metrics/core';
import type { PacketCounts } from '@metrics/statsd/wire';

/** Running totals since the start, by name; a type stands behind a colon: `metrics_by_type:gauge`. */
export type TelemetryCounts = Readonly<Record<string, number>>;

/** Calls, before sampling and aggregation. */
export type Submitted = Record<MetricKind | 'events' | 'serviceChecks', number>;

export interface ClientFiguresSource {
  readonly submitted: Readonly<Submitted>;
  readonly packets: PacketCounts;
  readonly drained: SampleBuffer['drained'];
  readonly dropped: BackendStats['dropped'];
}

/** Samples that were lost with a packet, or waiting for one: packets have figures of their own. */
const LOST_ON_THE_WAY: ReadonlySet<string> = new Set(['send_failed', 'timeout', 'exit']);

/**
 * The figures that Datadog's clients report of themselves, under the names and with the meanings of the Go client.
 *
 * @see https://docs.datadoghq.com/developers/dogstatsd/high_throughput/#client-side-telemetry
 */
export function clientFigures({ submitted, packets, drained, dropped }: ClientFiguresSource): TelemetryCounts {
  const { counter, gauge, timing, distribution, set } = submitted;
  const refused = Object.entries(dropped).filter(([reason]) => !LOST_ON_THE_WAY.has(reason));
  return {
    metrics: counter + gauge + timing + distribution + set,
    'metrics_by_type:count': counter,
    'metrics_by_type:gauge': gauge,
    'metrics_by_type:timing': timing,
    'metrics_by_type:distribution': distribution,
    'metrics_by_type:set': set,
    events: submitted.events,
    service_checks: submitted.serviceChecks,
    metric_dropped_on_receive: sum(refused.map(([, samples]) => samples)),
    packets_sent: packets.packets,
    bytes_sent: packets.bytes,
    packets_dropped: packets.packetsDropped + packets.packetsAbandoned,
    bytes_dropped: packets.bytesDropped + packets.bytesAbandoned,
    packets_dropped_queue: packets.packetsAbandoned,
    bytes_dropped_queue: packets.bytesAbandoned,
    packets_dropped_writer: packets.packetsDropped,
    bytes_dropped_writer: packets.bytesDropped,
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
