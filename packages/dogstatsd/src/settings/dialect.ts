import type { SlotKind } from '@metrics/aggregation';
import type { WireType } from './wire-types.js';

/** The server that reads what is sent. */
export type Dialect = 'agent' | 'statsd-exporter' | 'telegraf' | 'otel' | 'vector';

/** What a server understands beyond names, values, rates and tags, and without losing anything. */
export interface DialectFeatures {
  /** The kinds of which one line may carry several values. */
  readonly packed: readonly SlotKind[];
  /** `c:`, `e:`, `card:` and the tag `dd.internal.entity_id`: who sends. */
  readonly origin: boolean;
  /** `T`: counters and gauges with a time of their own. */
  readonly timestamps: boolean;
  readonly events: boolean;
  readonly serviceChecks: boolean;
  readonly sets: boolean;
  /** Whether a sign makes a gauge's value a change. */
  readonly signIsChange: boolean;
  /** Whether timings and distributions may be negative. */
  readonly negativeValues: boolean;
  /** How distributions are sent unless an option says otherwise. */
  readonly distribution: WireType;
  /** Whether the client's own figures are sent unless an option says otherwise: they are free in Datadog only. */
  readonly telemetry: boolean;
}

const plain: DialectFeatures = {
  packed: [],
  origin: false,
  timestamps: false,
  events: false,
  serviceChecks: false,
  sets: true,
  signIsChange: true,
  negativeValues: true,
  distribution: 'd',
  telemetry: false,
};

export const dialects: Readonly<Record<Dialect, DialectFeatures>> = {
  // https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/
  agent: {
    packed: ['counter', 'gauge', 'timing', 'distribution', 'histogram'],
    origin: true,
    timestamps: true,
    events: true,
    serviceChecks: true,
    sets: true,
    signIsChange: false,
    negativeValues: true,
    distribution: 'd',
    telemetry: true,
  },
  // Drops lines with e: or card:, makes a label of c:, has numeric sets only. https://github.com/prometheus/statsd_exporter
  'statsd-exporter': { ...plain, packed: ['timing', 'distribution', 'histogram'], sets: false },
  // Refuses packed lines and signs on all but counters and gauges; d needs a setting of its own.
  // https://github.com/influxdata/telegraf/blob/master/plugins/inputs/statsd/README.md
  telegraf: { ...plain, negativeValues: false, distribution: 'h' },
  // Refuses packed lines, e: and card:; has no sets.
  // https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/receiver/statsdreceiver
  otel: { ...plain, sets: false },
  // Refuses packed lines and ignores the rest. https://vector.dev/docs/reference/configuration/sources/statsd/
  vector: plain,
};
