// Packs every published package as the registry would get it and checks the tarballs: with publint, with attw, and that they
// refer to nothing that they do not contain. Writes down what comes along with each: the table in SECURITY.md.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { dependencyTable } from './dependency-table.mjs';
import { checkBlock } from './generated-block.mjs';
import { pnpm, publishedPackages, run, succeeds } from './workspace.mjs';

/** Comments of the build name sources, too, as `//#region src/…`. */
const PATH_IN_WORKSPACE = /(?<![\w./-])((?:docs|packages|examples|scripts)\/[\w./-]*\.\w+)/g;

const destination = mkdtempSync(path.join(tmpdir(), 'packed-'));
process.once('exit', () => rmSync(destination, { recursive: true, force: true }));

for (const { directory } of publishedPackages)
  run([...pnpm, 'pack', '--pack-destination', destination], { cwd: directory, quiet: true });

const tarballs = readdirSync(destination);
if (tarballs.length !== publishedPackages.length) throw new Error(`packed ${tarballs.length} packages only`);
const faulty = tarballs.filter((tarball) => {
  const file = path.join(destination, tarball);
  const folder = path.join(destination, tarball.replace(/\.tgz$/, ''));
  mkdirSync(folder);
  run(['tar', '-xzf', file, '-C', folder, '--strip-components', '1']);
  const dangling = danglingReferences(folder);
  for (const reference of dangling) console.error(`${tarball}: ${reference}`);
  const sound = [
    dangling.length === 0,
    succeeds(['publint', '--strict', file], { quiet: true }),
    succeeds(['attw', '--profile', 'strict', '--format', 'ascii', file], { quiet: true }),
  ].every(Boolean);
  console.log(`${tarball}: publint and attw ${sound ? 'report nothing' : 'report errors, see above'}`);
  return !sound;
});
if (faulty.length > 0) process.exitCode = 1;

const byName = publishedPackages.map(({ manifest: { name, version } }) => {
  const file = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
  return /** @type {const} */ ([name, path.join(destination, file)]);
});
const fileByName = new Map(byName);
checkBlock('SECURITY.md', 'dependencies', (written) => dependencyTable(fileByName, written), 'npm run packages:update');

/**
 * Returns what refers to a file outside of the package: source maps without their sources, and paths in messages.
 *
 * @param {string} folder of a package
 */
function danglingReferences(folder) {
  /** @type {string[]} */
  const references = [];
  const dist = path.join(folder, 'dist');
  for (const name of readdirSync(dist)) {
    const text = readFileSync(path.join(dist, name), 'utf8');
    const [, map] = /\/\/# sourceMappingURL=(?!data:)(.+)\s*$/.exec(text) ?? [];
    if (map !== undefined && !existsSync(path.join(dist, map))) references.push(`${name} names the missing ${map}`);
    if (name.endsWith('.map')) {
      /** @type {{ sources: string[], sourcesContent?: (string | null)[] }} */
      const { sources, sourcesContent = [] } = JSON.parse(text);
      for (const [index, source] of sources.entries())
        if (!sourcesContent[index] && !existsSync(path.join(dist, source)))
          references.push(`${name} lacks the source ${source}`);
    } else {
      for (const [, file = ''] of text.matchAll(PATH_IN_WORKSPACE))
        if (!existsSync(path.join(folder, file)))
          references.push(`${name} refers to ${file}, which readers do not have`);
    }
  }
  return references;
}
