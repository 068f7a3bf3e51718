// Checks the directions of all imports (dependency-cruiser.config.mjs), and that docs/reference/architecture.md shows the same
// directions and names existing files only. `--update` writes the directions there.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { packages } from '../dependency-cruiser.config.mjs';
import { checkBlock } from './generated-block.mjs';
import { root, succeeds } from './workspace.mjs';

const document = 'docs/reference/architecture.md';
const cruised = ['packages', 'scripts', 'benchmarks', 'examples'];
if (!succeeds(['depcruise', '--config', 'dependency-cruiser.config.mjs', '--output-type', 'err-long', ...cruised]))
  process.exitCode = 1;

/** @param {readonly string[]} names */
const code = (names) => names.map((name) => `\`${name}\``).join(', ');
const rows = Object.entries(packages).map(
  ([name, { uses, layers }]) => `| \`${name}\` | ${code(uses) || 'no other'} | ${layers.map(code).join(' → ')} |`,
);
const table = ['| package | imports | layers of `src` |', '| --- | --- | --- |', ...rows].join('\n');
checkBlock(document, 'directions', table, 'npm run map:update');

const named = readFileSync(path.join(root, document), 'utf8').matchAll(/`([\w-]+\/src\/[\w./-]+)`/g);
const listed = Object.entries(packages).flatMap(([name, { layers }]) =>
  layers.flat().map((unit) => `${name}/src/${unit}${unit.endsWith('/') ? '' : '.ts'}`),
);
for (const file of new Set([...[...named].map(([, each = '']) => each), ...listed])) {
  if (existsSync(path.join(root, 'packages', file))) continue;
  console.error(`packages/${file} does not exist; ${document} or dependency-cruiser.config.mjs names it`);
  process.exitCode = 1;
}
