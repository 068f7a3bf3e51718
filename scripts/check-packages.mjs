// Packs every published package as the registry would get it and checks the tarballs with publint and attw.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
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
process.exitCode = faulty.length > 0 ? 1 : 0;
