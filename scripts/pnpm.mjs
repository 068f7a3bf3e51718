// Runs the pinned pnpm with these parameters, for machines without pnpm: `npm run pnpm -- add --save-dev something`.
import { pnpm, run } from './workspace.mjs';

run([...pnpm, ...process.argv.slice(2)], { cwd: process.env['INIT_CWD'] ?? process.cwd() });
