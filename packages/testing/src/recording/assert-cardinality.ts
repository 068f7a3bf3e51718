import { AssertionError } from 'node:assert';
import type { CardinalityReport, MetricReport } from '@metrics/core';
import { type CustomMetricOptions, countCustomMetrics } from '@metrics/core/cost';

/** What one metric may have. */
export interface MetricBudget {
  /** Series that a test run may open. */
  readonly series?: number | undefined;
  /** The most series there can be, computed from the declaration; a metric without one, or with open values, fails. */
  readonly worstCase?: number | undefined;
  /** Distinct values by tag. */
  readonly values?: Readonly<Record<string, number>> | undefined;
}

/** What a team has agreed on, as a file that is checked in: `metrics.budget.json`. */
export interface CardinalityBudget {
  /** Of all metrics. */
  readonly series?: number | undefined;
  /** Of all metrics, on one host, as the vendor counts. */
  readonly customMetrics?: number | undefined;
  /** By key; `'*'` for every metric not named. */
  readonly metrics?: Readonly<Record<string, MetricBudget>> | undefined;
}

/**
 * Fails where a report is over a budget, naming each metric and the tag with most values.
 *
 * ```js
 * assertCardinality(metrics.cardinality(), JSON.parse(readFileSync('metrics.budget.json', 'utf8')));
 * ```
 *
 * @throws AssertionError with one line per excess.
 */
export function assertCardinality(
  report: CardinalityReport,
  budget: CardinalityBudget,
  counting: CustomMetricOptions = {},
): void {
  const { metrics = {} } = budget;
  const excesses = report.metrics.flatMap((metric) => excessesOf(metric, metrics[metric.metric] ?? metrics['*'] ?? {}));
  const totals = { series: report.series, customMetrics: countCustomMetrics(report, counting) };
  for (const total of ['series', 'customMetrics'] as const) {
    const allowed = budget[total];
    if (allowed !== undefined && totals[total] > allowed) {
      const dearest = report.metrics.slice(0, 3).map(({ metric, series }) => `${metric} (${series})`);
      excesses.push(
        `all metrics: ${totals[total]} ${TOTALS[total]}, ${allowed} allowed; most from ${dearest.join(', ')}`,
      );
    }
  }
  for (const name of Object.keys(metrics)) {
    const isKnown = name === '*' || report.metrics.some(({ metric }) => metric === name);
    if (!isKnown) excesses.push(`${name}: has a budget and was neither declared nor recorded; is it still there?`);
  }
  if (excesses.length === 0) return;
  throw new AssertionError({
    message: `The cardinality budget is exceeded:\n${excesses.map((line) => `  ${line}`).join('\n')}`,
    stackStartFn: assertCardinality,
  });
}

const TOTALS = { series: 'series', customMetrics: 'custom metrics on one host' };

function excessesOf({ metric, series, worstCase, tags }: MetricReport, budget: MetricBudget): string[] {
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
    lines.push(`${metric}: ${worstCase} series in the worst case, ${budget.worstCase} allowed${declaredBy(tags)}`);
  for (const [tag, allowed] of Object.entries(budget.values ?? {})) {
    const used = tags.find((each) => each.tag === tag);
    if (used !== undefined && used.values > allowed)
      lines.push(`${metric}: ${used.values} values of tag ${tag}, ${allowed} allowed: ${used.examples.join(', ')}, …`);
  }
  return lines;
}

/** The declared tag that multiplies most. */
function declaredBy(tags: MetricReport['tags']): string {
  const [widest] = [...tags].sort((one, other) => other.limit - one.limit);
  return widest === undefined ? '' : `; most by tag ${widest.tag} (${widest.limit} values declared)`;
}
