import type { ESLint, Linter, Rule } from 'eslint';
import manifest from '../package.json' with { type: 'json' };
import { noDynamicMetricName } from './rules/no-dynamic-metric-name.js';
import { noHighCardinalityTag } from './rules/no-high-cardinality-tag.js';
import { preferInstrument } from './rules/prefer-instrument.js';

/** What ESLint shows in messages about the plugin and keeps its cache by. */
export const meta: { readonly name: string; readonly version: string; readonly namespace: string } = {
  name: manifest.name,
  version: manifest.version,
  namespace: '@metrics',
};

export const rules: {
  readonly 'no-high-cardinality-tag': Rule.RuleModule;
  readonly 'no-dynamic-metric-name': Rule.RuleModule;
  readonly 'prefer-instrument': Rule.RuleModule;
} = {
  'no-high-cardinality-tag': noHighCardinalityTag,
  'no-dynamic-metric-name': noDynamicMetricName,
  'prefer-instrument': preferInstrument,
};

/** Entries for the array of `eslint.config.js`. `recommended` has all rules but `prefer-instrument`. */
export const configs: { readonly recommended: Linter.Config } = {
  recommended: {
    name: '@metrics/recommended',
    rules: { '@metrics/no-high-cardinality-tag': 'error', '@metrics/no-dynamic-metric-name': 'error' },
  },
};

export const plugin: ESLint.Plugin & { readonly configs: typeof configs } = { meta, rules, configs };

// The very object: ESLint refuses two plugins under one name, and users may list it themselves.
configs.recommended.plugins = { '@metrics': plugin };
