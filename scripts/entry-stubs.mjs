// Run inside a package, before and after it is packed: writes a folder for each subpath of its exports map, which tools that
// do not read that map look for. They are TypeScript's resolution node10, Parcel and browserify. `--remove` removes them.
import { existsSync, mkdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readJson } from './workspace.mjs';

/** @type {{ exports: Record<string, string | Record<'import' | 'require', { types: string, default: string }>> }} */
const { exports: entries } = readJson('package.json');
for (const [subpath, conditions] of Object.entries(entries)) {
  if (subpath === '.' || typeof conditions === 'string') continue;
  if (process.argv.includes('--remove')) {
    rmSync(path.join(subpath, 'package.json'), { force: true });
    if (existsSync(subpath)) rmdirSync(subpath);
    continue;
  }
  const relative = (/** @type {string} */ target) => path.posix.relative(subpath, target);
  const stub = {
    main: relative(conditions.require.default),
    module: relative(conditions.import.default),
    types: relative(conditions.require.types),
  };
  mkdirSync(subpath, { recursive: true });
  writeFileSync(path.join(subpath, 'package.json'), `${JSON.stringify(stub, null, 2)}\n`);
}
