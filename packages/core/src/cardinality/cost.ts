/**
 * The cost of the open series at a vendor that bills by custom metrics, counted as
 * [Datadog publishes](https://docs.datadoghq.com/account_management/billing/custom_metrics/).
 *
 * @module @metrics/core/cost
 */
import type { MetricReport } from './cardinality-report.js';

/** The parts of a `CardinalityReport` that are counted. */
export interface CountedSeries {
  /** The metrics to count: kind and number of open series of each. */
  readonly metrics: readonly Pick<MetricReport, 'kind' | 'series'>[];
}

/** How many custom metrics one series is. A series of a counter, gauge or set is always one. */
export interface CustomMetricOptions {
  /** Distributions are queried by percentiles: a series is then ten custom metrics, otherwise five. @default false */
  readonly percentiles?: boolean | undefined;
  /** Custom metrics of one series of a timing; an Agent with its default aggregates makes five. @default 5 */
  readonly timing?: number | undefined;
}

/** The prices and hosts of {@link estimateCost}. */
export interface CostOptions extends CustomMetricOptions {
  /** Number of hosts that send the same series; each host has its own. @default 1 */
  readonly hosts?: number | undefined;
  /** Custom metrics included in the price of a host. @default 0 */
  readonly includedPerHost?: number | undefined;
  /** Price of 100 custom metrics a month, in your currency, from your contract. */
  readonly pricePer100: number;
}

/** Custom metrics on all hosts, and their price. */
export interface CostEstimate {
  /** Custom metrics on all hosts. */
  readonly customMetrics: number;
  /** Those of them that the price of the hosts includes. */
  readonly included: number;
  /** Those of them that are billed: `customMetrics - included`. */
  readonly billable: number;
  /** The price of the billable ones a month, in the currency of `pricePer100`. */
  readonly perMonth: number;
}

/**
 * Returns the number of custom metrics on one host; `{ metrics: [metric] }` counts those of one metric.
 *
 * @example
 * ```ts
 * import { metrics } from '@metrics/core';
 * import { countCustomMetrics } from '@metrics/core/cost';
 *
 * console.log(countCustomMetrics(metrics.cardinality(), { percentiles: true }));
 * ```
 */
export function countCustomMetrics({ metrics }: CountedSeries, options: CustomMetricOptions = {}): number {
  const { timing = 5, percentiles = false } = options;
  const factors = { counter: 1, gauge: 1, set: 1, timing, distribution: percentiles ? 10 : 5 };
  return metrics.reduce((sum, { kind, series }) => sum + series * factors[kind], 0);
}

/**
 * Returns the monthly price of the series in a report.
 *
 * @example
 * ```ts
 * import { metrics } from '@metrics/core';
 * import { estimateCost } from '@metrics/core/cost';
 *
 * const { billable, perMonth } = estimateCost(metrics.cardinality(), { hosts: 12, includedPerHost: 100, pricePer100: 5 });
 * console.log(billable, perMonth);
 * ```
 */
export function estimateCost(report: CountedSeries, options: CostOptions): CostEstimate {
  const { hosts = 1, includedPerHost = 0, pricePer100 } = options;
  const customMetrics = countCustomMetrics(report, options) * hosts;
  const billable = Math.max(0, customMetrics - includedPerHost * hosts);
  return { customMetrics, included: customMetrics - billable, billable, perMonth: (billable / 100) * pricePer100 };
}
