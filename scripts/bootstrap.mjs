// Installs the workspace and then runs the turbo tasks that the arguments name. Needs only Node and npm.
import { pnpm, run } from './workspace.mjs';

const tasks = process.argv.slice(2);

run([...pnpm, 'install', '--frozen-lockfile', '--prefer-offline']);
if (tasks.length > 0) run([...pnpm, 'exec', 'turbo', 'run', ...tasks]);
