// The servers that read DogStatsD, and what each of them understands.
import type { LineDialect } from '@metrics/statsd/wire';
import type { TagRules } from '../line/tag-text.js';
import type { WireType } from './wire-types.js';

/** The server that reads the lines. */
export type Dialect = 'agent' | 'statsd-exporter' | 'telegraf' | 'otel' | 'vector';

/** The features that a server understands, in addition to names, values, rates and tags, without losing data. */
export interface DialectCapabilities extends LineDialect, TagRules {
  /** The start of a name that the server would read as something else; it is removed. */
  readonly reservedNameStart: RegExp;
  /** Whether amounts of counters may be negative. Otherwise such an amount is dropped. */
  readonly negativeCounters: boolean;
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
  integerCounters: false,
  acceptsNegativeValues: true,
  lineSuffix: '',
  bareTags: false,
  prometheusLabels: false,
  cutsLastTag: false,
  reservedNameStart: /^_+(?=sc|e\{)/,
  negativeCounters: true,
  origin: false,
  timestamps: false,
  events: false,
  serviceChecks: false,
  sets: true,
  distribution: 'd',
  telemetry: false,
};

// Each is true by the parser of the server, at the address that is named.
export const dialects: Readonly<Record<Dialect, DialectCapabilities>> = {
  // Reads lines that begin with `_sc` or `_e{` as something else.
  // https://github.com/DataDog/datadog-agent/blob/main/comp/dogstatsd/server/impl/parse.go
  agent: {
    ...minimal,
    packedKinds: ['counter', 'gauge', 'timing', 'distribution', 'histogram'],
    signedGaugeIsDelta: false,
    bareTags: true,
    origin: true,
    timestamps: true,
    events: true,
    serviceChecks: true,
    telemetry: true,
  },
  // Drops lines with e: or card:, makes a label of c:, has no sets, and drops tags without a value and negative counters.
  // https://github.com/prometheus/statsd_exporter/blob/master/pkg/line/line.go, pkg/exporter/exporter.go
  'statsd-exporter': {
    ...minimal,
    packedKinds: ['timing', 'distribution', 'histogram'],
    prometheusLabels: true,
    negativeCounters: false,
    sets: false,
  },
  // Rejects packed lines, and signs on all kinds but counters and gauges. Counters are integers, d needs a setting, every line
  // that begins with `_e` is an event, two tags without a value become one, and the last letter of the last tag is cut.
  // https://github.com/influxdata/telegraf/blob/master/plugins/inputs/statsd/statsd.go, datadog.go
  telegraf: {
    ...minimal,
    integerCounters: true,
    acceptsNegativeValues: false,
    cutsLastTag: true,
    reservedNameStart: /^_+(?=e)/,
    distribution: 'h',
  },
  // Rejects packed lines, e:, card: and lines with a tag without a value; has no sets.
  // https://github.com/open-telemetry/opentelemetry-collector-contrib/blob/main/receiver/statsdreceiver/internal/parser/statsd_parser.go
  otel: { ...minimal, sets: false },
  // Rejects packed lines and ignores the other extensions.
  // https://github.com/vectordotdev/vector/blob/master/src/sources/statsd/parser.rs
  vector: { ...minimal, bareTags: true },
};
