// Packs every published package as the registry would get it, checks the tarballs with publint and attw, and writes down what
// comes along with each: the table in SECURITY.md.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { dependencyTable } from './dependency-table.mjs';
import { checkBlock } from './generated-block.mjs';
import { pnpm, publishedPackages, run, succeeds } from './workspace.mjs';

const destination = mkdtempSync(path.join(tmpdir(), 'packed-'));
process.once('exit', () => rmSync(destination, { recursive: true, force: true }));

for (const { directory } of publishedPackages)
  run([...pnpm, 'pack', '--pack-destination', destination], { cwd: directory, quiet: true });

const tarballs = readdirSync(destination);
if (tarballs.length !== publishedPackages.length) throw new Error(`packed ${tarballs.length} packages only`);
const faulty = tarballs.filter((tarball) => {
  const file = path.join(destination, tarball);
  const sound = [
    succeeds(['publint', '--strict', file], { quiet: true }),
    // TypeScript's oldest resolution mode (node10) does not read exports maps, so it never finds a second entry.
    succeeds(['attw', '--profile', 'node16', '--format', 'ascii', file], { quiet: true }),
  ].every(Boolean);
  console.log(`${tarball}: publint and attw ${sound ? 'report nothing' : 'report errors, see above'}`);
  return !sound;
});
if (faulty.length > 0) process.exitCode = 1;

const byName = publishedPackages.map(({ manifest: { name, version } }) => {
  const file = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
  return /** @type {const} */ ([name, path.join(destination, file)]);
});
const table = dependencyTable(new Map(byName));
checkBlock('SECURITY.md', 'dependencies', table, 'npm run packages:update');
