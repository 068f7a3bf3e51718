export type { MetricsCallOptions } from './metrics-calls.js';
export type { NoHighCardinalityTagOptions } from './no-high-cardinality-tag.js';
// oxlint-disable-next-line import/no-default-export -- the default export of a plugin is what ESLint's documentation has people import
export { configs, meta, plugin as default, rules } from './plugin.js';
