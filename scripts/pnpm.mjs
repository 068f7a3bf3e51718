// The pinned pnpm with the given parameters, for machines that have none: `npm run pnpm -- add --save-dev something`.
import { pnpm, run } from './workspace.mjs';

run([...pnpm, ...process.argv.slice(2)], { cwd: process.env['INIT_CWD'] ?? process.cwd() });
