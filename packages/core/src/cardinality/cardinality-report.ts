// Reports the open series by metric and tag.
import type { MetricKind } from '../metrics-backend.js';
import type { MetricFamily } from '../series/metric-family.js';
import { INSTANCE_KEY } from '../series/series-result.js';
import { type CardinalityGuard, type MetricUsage, OVERFLOW_VALUE, type TagUsage } from './cardinality-guard.js';

/** The use of one tag of a metric. */
export interface TagReport {
  /** The tag key as the application wrote it. `instance` for the option of that name. */
  readonly tag: string;
  /** Distinct values of the open series. */
  readonly values: number;
  /** Some of the values in use. */
  readonly examples: readonly string[];
  /** Maximum number of values: those declared, else the limit; 0 if the tag is dropped. */
  readonly limit: number;
  /** Some of the values that were dropped or became `__other__`. */
  readonly rejected: readonly string[];
}

/** The open series of one metric. */
export interface MetricReport {
  /** The key of the metric, without the registered prefix. */
  readonly metric: string;
  /** The kind of the metric, which decides how many custom metrics a series is at a vendor. */
  readonly kind: MetricKind;
  /** Number of open series. */
  readonly series: number;
  /** Maximum number of series, if all tags were declared with their values. */
  readonly worstCase: number | undefined;
  /** The tag with most values comes first. */
  readonly tags: readonly TagReport[];
}

/** The open series by metric. `@metrics/core/cost` estimates what they cost. */
export interface CardinalityReport {
  /** Number of open series of all metrics. */
  readonly series: number;
  /** The metric with most series comes first. */
  readonly metrics: readonly MetricReport[];
}

/** Returns a report of the metrics that have open series or were declared. @param series how many are open in all. */
export function cardinalityReport(
  families: Iterable<MetricFamily>,
  guard: CardinalityGuard | undefined,
  series: number,
): CardinalityReport {
  const metrics: MetricReport[] = [];
  for (const family of families) {
    const usage = guard?.metrics[family.id];
    // Declared metrics are part of the worst case, used or not.
    if (usage || family.declaredTags) metrics.push(reportMetric(family, usage ?? UNUSED));
  }
  return { series, metrics: metrics.sort((one, other) => other.series - one.series) };
}

const UNUSED: MetricUsage = { series: 0, tags: new Map() };

function reportMetric(family: MetricFamily, usage: MetricUsage): MetricReport {
  const { key, kind } = family;
  const tags = [...usage.tags].map(([tag, tagUsage]) => reportTag(tag, tagUsage));
  for (const [tag, values] of family.declaredTags ?? [])
    if (values && !usage.tags.has(tag)) tags.push({ tag, values: 0, examples: [], limit: values.size, rejected: [] });
  tags.sort((one, other) => other.values - one.values);
  return { metric: key, kind, series: usage.series, worstCase: worstCaseOf(family), tags };
}

function reportTag(tag: string, usage: TagUsage): TagReport {
  const { seriesByValue, limit, declaredValues, rejectedValues } = usage;
  return {
    tag: tag === INSTANCE_KEY ? 'instance' : tag,
    values: seriesByValue.size,
    examples: usage.examples(),
    limit: declaredValues?.size ?? limit,
    rejected: [...rejectedValues],
  };
}

/** Multiplies the forms of all tags: each is absent, one of its values, or {@link OVERFLOW_VALUE}. */
function worstCaseOf({ declaredTags }: MetricFamily): number | undefined {
  let product = 1;
  for (const [tag, values] of declaredTags ?? []) {
    if (tag === INSTANCE_KEY) continue;
    if (values === undefined) return undefined;
    product *= values.size + (values.has(OVERFLOW_VALUE) ? 1 : 2);
  }
  return declaredTags && product;
}
