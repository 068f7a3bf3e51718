import type * as Assert from 'node:assert';
import type { CardinalityReport, MetricReport } from '@metrics/core';
import { builtinModule } from '@metrics/core/backend';
import { type CustomMetricOptions, countCustomMetrics } from '@metrics/core/cost';

/** The budget of one metric. */
export interface MetricBudget {
  /** Maximum number of series that a test run opens. */
  readonly series?: number | undefined;
  /**
   * Maximum number of series that the declaration allows. A metric that is not declared with the values of its tags
   * fails.
   */
  readonly worstCase?: number | undefined;
  /** Maximum number of distinct values, by tag. */
  readonly values?: Readonly<Record<string, number>> | undefined;
}

/** The budget of an application, usually a file in its repository: `metrics.budget.json`. */
export interface CardinalityBudget {
  /** Maximum number of series of all metrics. */
  readonly series?: number | undefined;
  /** Maximum number of custom metrics of one host, as the vendor counts them. */
  readonly customMetrics?: number | undefined;
  /** Budgets by the key of a metric. `'*'` applies to every metric without its own. */
  readonly metrics?: Readonly<Record<string, MetricBudget>> | undefined;
}

/**
 * Asserts that a report stays within a budget. The error names each metric above it, and its tag with most values.
 *
 * @param counting how many custom metrics a series is, for `budget.customMetrics`.
 * @throws {AssertionError} if anything exceeds the budget, with one line for each.
 *
 * @example
 * ```ts
 * import { metrics } from '@metrics/core';
 * import { assertCardinality, type CardinalityBudget } from '@metrics/testing';
 *
 * // Usually a file: JSON.parse(readFileSync('metrics.budget.json', 'utf8')).
 * const budget: CardinalityBudget = { series: 1000, metrics: { '*': { series: 100 } } };
 * assertCardinality(metrics.cardinality(), budget);
 * ```
 */
export function assertCardinality(
  report: CardinalityReport,
  budget: CardinalityBudget,
  counting: CustomMetricOptions = {},
): void {
  const { metrics = {} } = budget;
  const excesses = report.metrics.flatMap((metric) =>
    findExcesses(metric, (Object.hasOwn(metrics, metric.metric) ? metrics[metric.metric] : metrics['*']) ?? {}),
  );
  const totals = { series: report.series, customMetrics: countCustomMetrics(report, counting) };
  for (const total of ['series', 'customMetrics'] as const) {
    const allowed = budget[total];
    if (allowed !== undefined && totals[total] > allowed) {
      const largest = report.metrics.slice(0, 3).map(({ metric, series }) => `${metric} (${series})`);
      excesses.push(
        `all metrics: ${totals[total]} ${TOTALS[total]}, ${allowed} allowed; most from ${largest.join(', ')}`,
      );
    }
  }
  for (const name of Object.keys(metrics)) {
    const isKnown = name === '*' || report.metrics.some(({ metric }) => metric === name);
    if (!isKnown) excesses.push(`${name}: has a budget, but was neither declared nor recorded; does it still exist?`);
  }
  if (excesses.length === 0) return;
  const message = `The cardinality budget is exceeded:\n${excesses.map((line) => `  ${line}`).join('\n')}`;
  const assert = builtinModule<typeof Assert>('node:assert');
  throw assert ? new assert.AssertionError({ message, stackStartFn: assertCardinality }) : new Error(message);
}

const TOTALS = { series: 'series', customMetrics: 'custom metrics on one host' };

function findExcesses({ metric, series, worstCase, tags }: MetricReport, budget: MetricBudget): string[] {
  const lines: string[] = [];
  const [widest] = tags;
  const by =
    widest && widest.values > 0
      ? `; most by tag ${widest.tag} (${widest.values}: ${widest.examples.join(', ')}, …)`
      : '';
  if (budget.series !== undefined && series > budget.series)
    lines.push(`${metric}: ${series} series, ${budget.series} allowed${by}`);
  if (budget.worstCase !== undefined && worstCase === undefined)
    lines.push(`${metric}: no worst case: declare it with the values of its tags${by}`);
  else if (budget.worstCase !== undefined && worstCase! > budget.worstCase)
    lines.push(
      `${metric}: ${worstCase} series in the worst case, ${budget.worstCase} allowed${describeWidestTag(tags)}`,
    );
  for (const [tag, allowed] of Object.entries(budget.values ?? {})) {
    const used = tags.find((each) => each.tag === tag);
    if (used !== undefined && used.values > allowed)
      lines.push(`${metric}: ${used.values} values of tag ${tag}, ${allowed} allowed: ${used.examples.join(', ')}, …`);
  }
  return lines;
}

/** Names the tag with the most declared values. */
function describeWidestTag(tags: MetricReport['tags']): string {
  const [widest] = [...tags].sort((one, other) => other.limit - one.limit);
  return widest === undefined ? '' : `; most by tag ${widest.tag} (${widest.limit} values declared)`;
}
