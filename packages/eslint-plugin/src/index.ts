// oxlint-disable-next-line import/no-default-export -- the default export of a plugin is what ESLint's documentation has people import
export { configs, meta, plugin as default, rules } from './plugin.js';
export type { MetricsCallOptions } from './reading/metrics-calls.js';
export type { NoHighCardinalityTagOptions } from './rules/no-high-cardinality-tag.js';
