// Installs the workspace and then runs the turbo tasks that the arguments name. Needs only Node and npm. With `--quiet` their
// output is shown only if they fail.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pnpm, root, run } from './workspace.mjs';

const quiet = process.argv.includes('--quiet');
const tasks = process.argv.slice(2).filter((argument) => argument !== '--quiet');
const isFirst = !existsSync(path.join(root, 'node_modules', '.modules.yaml'));

if (quiet && isFirst) console.log('Installing the tools, once, which takes up to a minute …');
run([...pnpm, 'install', '--frozen-lockfile', '--prefer-offline'], { quiet });
if (quiet && isFirst && tasks.length > 0) console.log('Building the packages …');
// Some tests load the builds of all packages, so that all are built first.
if (tasks.includes('build')) turbo(['build']);
const others = tasks.filter((task) => task !== 'build');
if (others.length > 0) turbo(others);

/** @param {readonly string[]} names */
function turbo(names) {
  // One failed suite does not hide what the others would have said.
  run([...pnpm, 'exec', 'turbo', 'run', ...names, '--continue=dependencies-successful'], { quiet });
}
