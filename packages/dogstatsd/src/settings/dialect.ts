// The servers that read DogStatsD, and what each of them understands.
import type { LineDialect } from '@metrics/statsd/wire';
import type { WireType } from './wire-types.js';

/** The server that reads the lines. */
export type Dialect = 'agent' | 'statsd-exporter' | 'telegraf' | 'otel' | 'vector';

/** The features that a server understands, in addition to names, values, rates and tags, without losing data. */
export interface DialectCapabilities extends LineDialect {
  /** `c:`, `e:`, `card:` and the tag `dd.internal.entity_id`, which identify the sender. */
  readonly origin: boolean;
  /** `|T`: counters and gauges with a timestamp. */
  readonly timestamps: boolean;
  readonly events: boolean;
  readonly serviceChecks: boolean;
  readonly sets: boolean;
  /** The type of distributions, unless an option sets another. */
  readonly distribution: WireType;
  /** Whether client telemetry is sent, unless an option decides. Only Datadog stores it for free. */
  readonly telemetry: boolean;
}

const minimal: DialectCapabilities = {
  types: { counter: 'c', gauge: 'g', timing: 'ms', distribution: 'd', histogram: 'h', set: 's' },
  packedKinds: [],
  signedGaugeIsDelta: true,
  acceptsNegativeValues: true,
  lineSuffix: '',
  origin: false,
  timestamps: false,
  events: false,
  serviceChecks: false,
  sets: true,
  distribution: 'd',
  telemetry: false,
};

export const dialects: Readonly<Record<Dialect, DialectCapabilities>> = {
  // https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/
  agent: {
    ...minimal,
    packedKinds: ['counter', 'gauge', 'timing', 'distribution', 'histogram'],
    signedGaugeIsDelta: false,
    origin: true,
    timestamps: true,
    events: true,
    serviceChecks: true,
    telemetry: true,
  },
  // Drops lines with e: or card:, makes a label of c:, and has numeric sets only. https://github.com/prometheus/statsd_exporter
  'statsd-exporter': { ...minimal, packedKinds: ['timing', 'distribution', 'histogram'], sets: false },
  // Rejects packed lines, and signs on all kinds but counters and gauges; d needs a setting of the server.
  // https://github.com/influxdata/telegraf/blob/master/plugins/inputs/statsd/README.md
  telegraf: { ...minimal, acceptsNegativeValues: false, distribution: 'h' },
  // Rejects packed lines, e: and card:; has no sets.
  // https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/receiver/statsdreceiver
  otel: { ...minimal, sets: false },
  // Rejects packed lines and ignores the other extensions. https://vector.dev/docs/reference/configuration/sources/statsd/
  vector: minimal,
};
