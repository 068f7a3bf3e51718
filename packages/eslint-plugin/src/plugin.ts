import type { ESLint, Linter, Rule } from 'eslint';
import manifest from '../package.json' with { type: 'json' };
import { noDynamicMetricName } from './rules/no-dynamic-metric-name.js';
import { noHighCardinalityTag } from './rules/no-high-cardinality-tag.js';
import { preferInstrument } from './rules/prefer-instrument.js';

/** The names of the plugin, which ESLint shows in messages and uses as keys of its cache. */
export const meta: {
  /** The name of the package. */
  readonly name: string;
  /** The version of the package. */
  readonly version: string;
  /** The prefix of the rules in a configuration. */
  readonly namespace: string;
} = {
  name: manifest.name,
  version: manifest.version,
  namespace: '@metrics',
};

/** The rules by name. */
export const rules: {
  /** Reports tags with too many values, such as identifiers. */
  readonly 'no-high-cardinality-tag': Rule.RuleModule;
  /** Reports names of metrics that are not constants. */
  readonly 'no-dynamic-metric-name': Rule.RuleModule;
  /** Reports metrics that are recorded repeatedly and not declared. */
  readonly 'prefer-instrument': Rule.RuleModule;
} = {
  'no-high-cardinality-tag': noHighCardinalityTag,
  'no-dynamic-metric-name': noDynamicMetricName,
  'prefer-instrument': preferInstrument,
};

/** Entries for the array in `eslint.config.js`. */
export const configs: {
  /** All rules except `prefer-instrument`, as errors. */
  readonly recommended: Linter.Config;
} = {
  recommended: {
    name: '@metrics/recommended',
    rules: { '@metrics/no-high-cardinality-tag': 'error', '@metrics/no-dynamic-metric-name': 'error' },
  },
};

/**
 * The plugin, for the field `plugins` of a configuration.
 *
 * @example
 * ```ts
 * import metrics from '@metrics/eslint-plugin';
 *
 * // The array that `eslint.config.js` exports.
 * const config = [metrics.configs.recommended, { rules: { '@metrics/prefer-instrument': 'warn' } }];
 * console.log(config.length);
 * ```
 */
export const plugin: ESLint.Plugin & {
  /** Entries for the array in `eslint.config.js`. */
  readonly configs: typeof configs;
} = { meta, rules, configs };

// The same object that users may list themselves, because ESLint rejects two plugins with one name.
configs.recommended.plugins = { '@metrics': plugin };
