import type { Engine } from '../engine/engine.js';
import type { MetricKind } from '../metrics-backend.js';
import type { Family } from '../series/metric-family.js';
import { INSTANCE } from '../series/tag-trie.js';
import { type MetricUsage, OTHER, type TagUsage } from './cardinality-guard.js';

/** How a vendor counts custom metrics: what one series of a kind makes. Counters, gauges and sets make one. */
export interface CustomMetricOptions {
  /** Whether distributions are queried by percentiles: they make ten instead of five. @default false */
  readonly percentiles?: boolean | undefined;
  /** What a series of a timing makes: five through an Agent with its default aggregates. @default 5 */
  readonly timing?: number | undefined;
}

export interface CostOptions {
  /** How many hosts send the same series; each is a series of its own. @default 1 */
  readonly hosts?: number | undefined;
  /** Custom metrics that are paid for with a host. @default 0 */
  readonly includedPerHost?: number | undefined;
  /** What 100 custom metrics cost in a month, in your currency, from your contract. */
  readonly pricePer100: number;
}

export interface CostEstimate {
  /** On all hosts. */
  readonly customMetrics: number;
  readonly included: number;
  readonly billable: number;
  readonly perMonth: number;
}

export interface TagReport {
  readonly tag: string;
  /** Distinct values that series hold now. */
  readonly values: number;
  readonly examples: readonly string[];
  /** The most values: those declared, else the limit; 0 where the tag is left out. */
  readonly limit: number;
  /** Some of the values that were left out or became `__other__`. */
  readonly rejected: readonly string[];
}

export interface MetricReport {
  readonly metric: string;
  readonly kind: MetricKind;
  /** Open now. */
  readonly series: number;
  /** The most series there can be, where all tags were declared with their values. */
  readonly worstCase: number | undefined;
  /** What the open series make, on one host. */
  readonly customMetrics: number;
  /** Those with most values first. */
  readonly tags: readonly TagReport[];
}

export interface CardinalityReport {
  readonly series: number;
  /** On one host. */
  readonly customMetrics: number;
  /** The dearest first. */
  readonly metrics: readonly MetricReport[];
  /** What the open series cost under the counting Datadog publishes; the price is yours to give. */
  estimateCost(options: CostOptions): CostEstimate;
}

/**
 * What is open now and what it makes.
 *
 * @see https://docs.datadoghq.com/account_management/billing/custom_metrics/
 */
export function cardinalityReport(engine: Engine, counting: CustomMetricOptions = {}): CardinalityReport {
  const metrics: MetricReport[] = [];
  for (const family of engine.families.values()) {
    const usage = engine.guard?.metrics.get(family);
    // What was declared is part of the worst case, used or not.
    if (usage || family.declared) metrics.push(metricCardinality(family, usage ?? UNUSED, counting));
  }
  metrics.sort((one, other) => other.customMetrics - one.customMetrics);
  const customMetrics = metrics.reduce((sum, metric) => sum + metric.customMetrics, 0);
  return {
    series: engine.series.size,
    customMetrics,
    metrics,
    estimateCost: ({ hosts = 1, includedPerHost = 0, pricePer100 }) => {
      const all = customMetrics * hosts;
      const billable = Math.max(0, all - includedPerHost * hosts);
      return { customMetrics: all, included: all - billable, billable, perMonth: (billable / 100) * pricePer100 };
    },
  };
}

const UNUSED: MetricUsage = { series: 0, tags: new Map() };

function metricCardinality(family: Family, usage: MetricUsage, counting: CustomMetricOptions): MetricReport {
  const { key, kind } = family;
  const { series } = usage;
  const factor =
    kind === 'timing' ? (counting.timing ?? 5) : kind === 'distribution' ? (counting.percentiles ? 10 : 5) : 1;
  const tags = [...usage.tags].map(([tag, held]) => tagCardinality(tag, held));
  for (const [tag, values] of family.declared ?? [])
    if (tag !== INSTANCE && values && !usage.tags.has(tag))
      tags.push({ tag, values: 0, examples: [], limit: values.size, rejected: [] });
  tags.sort((one, other) => other.values - one.values);
  return { metric: key, kind, series, worstCase: worstCase(family), customMetrics: series * factor, tags };
}

function tagCardinality(tag: string, { places, limit, declared, refused }: TagUsage): TagReport {
  return {
    tag: tag === INSTANCE ? 'instance' : tag,
    values: places.size,
    examples: [...places.keys()].slice(0, 5),
    limit: declared?.size ?? limit,
    rejected: [...refused],
  };
}

/** Each tag is absent, one of its values, or {@link OTHER}. */
function worstCase({ declared }: Family): number | undefined {
  let product = 1;
  for (const [tag, values] of declared ?? []) {
    if (tag === INSTANCE) continue;
    if (values === undefined) return undefined;
    product *= values.size + (values.has(OTHER) ? 1 : 2);
  }
  return declared && product;
}
