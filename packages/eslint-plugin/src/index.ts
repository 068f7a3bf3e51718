/**
 * The ESLint plugin: its rules and its configurations.
 *
 * @module @metrics/eslint-plugin
 */
// oxlint-disable-next-line import/no-default-export -- ESLint's documentation shows plugins with a default export
export { configs, meta, plugin as default, rules } from './plugin.js';
export type { MetricsCallOptions } from './reading/metrics-calls.js';
export type { NoHighCardinalityTagOptions } from './rules/no-high-cardinality-tag.js';
