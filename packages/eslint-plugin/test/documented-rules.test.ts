import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as typescriptParser from '@typescript-eslint/parser';
import { Linter } from 'eslint';
import plugin, { rules } from '../src/index.js';

const page = readFileSync(path.join(__dirname, '..', '..', '..', 'docs', 'guide', 'lint.md'), 'utf8');

test.each(Object.entries(rules))('%s reports exactly the marked lines of its section', (name) => {
  const section = page.split(`\n### ${name}\n`)[1]!.split(/\n##/)[0]!;
  const code = /```ts[^\n]*\n(.*?)```/s.exec(section)![1]!;
  const messages = new Linter().verify(code, {
    plugins: { '@metrics': plugin },
    rules: { [`@metrics/${name}`]: 'error' },
    languageOptions: { parser: typescriptParser },
  });
  const marked = code.split('\n').flatMap((line, index) => (line.endsWith('// reported') ? [index + 1] : []));
  expect(marked.length).toBeGreaterThan(1);
  expect(messages.map(({ line }) => line)).toEqual(marked);
});
