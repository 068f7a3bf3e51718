import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Linter } from 'eslint';
import { Linter as Linter9 } from 'eslint9';
import plugin, { configs, meta, rules } from '../src/index.js';

const program = `
metrics.incr('jobs', { tags: { request_id: id } });
metrics.incr(name, { tags: { result } });
metrics.incr('mails', { tags: { result } });
metrics.incr('mails', { tags: { result } });
`;

describe.each([
  ['10', Linter],
  // The two major versions declare equal but separate types.
  ['9', Linter9 as unknown as typeof Linter],
])('under ESLint %s', (_, Engine) => {
  test('the recommended configuration has all rules but prefer-instrument', () => {
    const messages = new Engine().verify(program, [configs.recommended]);
    expect(messages.map(({ ruleId, severity }) => [ruleId, severity])).toEqual([
      ['@metrics/no-high-cardinality-tag', 2],
      ['@metrics/no-dynamic-metric-name', 2],
    ]);
  });

  test('the plugin can be listed in addition to the recommended configuration', () => {
    const config = [
      configs.recommended,
      {
        plugins: { '@metrics': plugin },
        rules: { '@metrics/prefer-instrument': 'warn', '@metrics/no-high-cardinality-tag': 'off' },
      } as const,
    ];
    expect(new Engine().verify(program, config).map(({ ruleId, line }) => [ruleId, line])).toEqual([
      ['@metrics/no-dynamic-metric-name', 3],
      ['@metrics/prefer-instrument', 4],
      ['@metrics/prefer-instrument', 5],
    ]);
  });

  test('an unknown option is rejected', () => {
    const misspelled: Linter.RulesRecord = { '@metrics/no-high-cardinality-tag': ['error', { allowed: [] }] };
    expect(() => new Engine().verify(program, [configs.recommended, { rules: misspelled }])).toThrow(/allowed/);
  });
});

test('the default export is the plugin, and its parts are exports too', () => {
  expect(plugin).toEqual({ meta, rules, configs });
});

test('the plugin carries the name and version of its package', () => {
  const manifest = JSON.parse(readFileSync(path.join(__dirname, '..', 'package.json'), 'utf8'));
  expect(meta).toEqual({ name: manifest.name, version: manifest.version, namespace: '@metrics' });
});

test.each(Object.entries(rules))('%s is documented at its URL', (name, rule) => {
  const root = path.join(__dirname, '..', '..', '..');
  const { repository } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const [page, anchor] = rule.meta!.docs!.url!.split('#');
  const home = repository.url.replace(/^git\+|\.git$/g, '');
  const [, file] = page!.split(`${home}/blob/main/`);
  expect(anchor).toBe(name);
  expect(readFileSync(path.join(root, file!), 'utf8')).toContain(`### ${name}\n`);
});
