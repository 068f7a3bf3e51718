import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const source = join(__dirname, '..', '..', 'src');
const documented = readFileSync(join(__dirname, '..', '..', '..', '..', 'docs', 'reference', 'problems.md'), 'utf8');

const sorted = (codes: Iterable<string>): string[] => [...new Set(codes)].toSorted();
const matches = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1]!);

const declared = sorted(matches(readFileSync(join(source, 'problems', 'problem.ts'), 'utf8'), /^ {2}\| '(\w+)'/gm));

it('every code is documented, and every documented code exists', () => {
  const [facade] = documented.split('## Backend codes');
  expect(sorted(matches(facade!, /^\| `(\w+)`/gm))).toEqual(declared);
});

it('every code is used, and every used code is declared', () => {
  const code = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('problem.ts'))
    .map((file) => readFileSync(join(source, file), 'utf8'))
    .join('\n');
  const used = matches(code, /(?:drop|reject|report|reportOrThrow|reportLost)\(\s*(?:engine, )?'(\w+)'/gi)
    .concat(matches(code, /(?<!type: 'MetricsWarning', )code: '(\w+)'/g))
    .concat(matches(readFileSync(join(source, 'cardinality', 'cardinality-guard.ts'), 'utf8'), /^ {2}(\w+):\s*'/gm));
  expect(sorted(used)).toEqual(declared);
});
