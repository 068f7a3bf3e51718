// Installs the workspace and then runs the given turbo tasks, with nothing but Node and npm on the machine.
import { pnpm, run } from './workspace.mjs';

const tasks = process.argv.slice(2);

run([...pnpm, 'install', '--frozen-lockfile', '--prefer-offline']);
if (tasks.length > 0) run([...pnpm, 'exec', 'turbo', 'run', ...tasks]);
