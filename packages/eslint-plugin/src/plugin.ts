import type { ESLint, Linter, Rule } from 'eslint';
import manifest from '../package.json' with { type: 'json' };
import { noDynamicMetricName } from './rules/no-dynamic-metric-name.js';
import { noHighCardinalityTag } from './rules/no-high-cardinality-tag.js';
import { preferInstrument } from './rules/prefer-instrument.js';

/** The names of the plugin, which ESLint shows in messages and uses as keys of its cache. */
export const meta: { readonly name: string; readonly version: string; readonly namespace: string } = {
  name: manifest.name,
  version: manifest.version,
  namespace: '@metrics',
};

/** The rules by name. */
export const rules: {
  readonly 'no-high-cardinality-tag': Rule.RuleModule;
  readonly 'no-dynamic-metric-name': Rule.RuleModule;
  readonly 'prefer-instrument': Rule.RuleModule;
} = {
  'no-high-cardinality-tag': noHighCardinalityTag,
  'no-dynamic-metric-name': noDynamicMetricName,
  'prefer-instrument': preferInstrument,
};

/** Entries for the array in `eslint.config.js`. `recommended` has all rules except `prefer-instrument`. */
export const configs: { readonly recommended: Linter.Config } = {
  recommended: {
    name: '@metrics/recommended',
    rules: { '@metrics/no-high-cardinality-tag': 'error', '@metrics/no-dynamic-metric-name': 'error' },
  },
};

/** The plugin, for the field `plugins` of a configuration. */
export const plugin: ESLint.Plugin & { readonly configs: typeof configs } = { meta, rules, configs };

// The same object that users may list themselves, because ESLint rejects two plugins with one name.
configs.recommended.plugins = { '@metrics': plugin };
