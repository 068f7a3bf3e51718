// Checks the directions of all imports (dependency-cruiser.config.mjs), and that docs/architecture.md shows the same
// directions; `--update` writes them there.
import { packages } from '../dependency-cruiser.config.mjs';
import { checkBlock } from './generated-block.mjs';
import { succeeds } from './workspace.mjs';

const folders = ['packages', 'scripts', 'benchmarks', 'examples'];
if (!succeeds(['depcruise', '--config', 'dependency-cruiser.config.mjs', '--output-type', 'err-long', ...folders]))
  process.exitCode = 1;

/** @param {readonly string[]} names */
const code = (names) => names.map((name) => `\`${name}\``).join(', ');
const rows = Object.entries(packages).map(
  ([name, { uses, layers }]) => `| \`${name}\` | ${code(uses) || 'no other'} | ${layers.map(code).join(' → ')} |`,
);
const table = ['| package | imports | layers of `src`, top to bottom |', '| --- | --- | --- |', ...rows].join('\n');
checkBlock('docs/architecture.md', 'directions', table, 'npm run map:update');
