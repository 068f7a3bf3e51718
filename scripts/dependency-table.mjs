// The packages that come along with each published one: bytes, licenses, and programs that run during an installation.
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { publishedPackages, readJson } from './workspace.mjs';

/** Licenses that let users do what they want. */
const ALLOWED_LICENSES = new Set(['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD']);

/**
 * The table states sizes that are not exceeded, in steps of this many kB. A written size stays as long as it is true and not
 * twice this much too large, so that a byte more or less never makes the table wrong.
 */
const SIZE_STEP_KB = 100;

/** Scripts that a package manager runs on the machine of a user. */
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish'];

/**
 * Returns the table, as it is installed by a production installation without optional peers, in the versions of the
 * lockfile. Sets the exit code for an install script or a license that is not allowed.
 *
 * @param {Map<string, string>} tarballs the file of each package, by its name
 * @param {string} written the table that the document has now
 */
export function dependencyTable(tarballs, written) {
  const rows = publishedPackages.map(({ directory, manifest: { name } }) => {
    const installed = installedWith(directory);
    for (const [dependency, folder] of installed) checkPackage(dependency, folder);
    const others = [...installed].filter(([dependency]) => !dependency.startsWith('@metrics/'));
    const direct = Object.keys(dependenciesOf(directory)).filter((dependency) => !dependency.startsWith('@metrics/'));
    const own = unpackedBytes(tarballs, name);
    const all = [...installed].reduce(
      (sum, [dependency, folder]) =>
        sum + (tarballs.has(dependency) ? unpackedBytes(tarballs, dependency) : folderBytes(folder)),
      0,
    );
    const licenses = new Set([...installed.values()].map((folder) => licenseOf(folder)));
    const [writtenOwn, writtenAll] = writtenSizes(written, name);
    const cells = [
      `\`${name}\``,
      direct.length === 0 ? 'none' : direct.map((dependency) => `\`${dependency}\``).join(', '),
      installed.size - others.length,
      others.length,
      atMost(own, writtenOwn),
      atMost(all, writtenAll),
      [...licenses].sort().join(', '),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '| package | dependencies of others | packages of ours | packages of others | its own size, at most | all sizes, at most | licenses |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

/**
 * Returns the folder of each package that comes along, the package itself included.
 *
 * @param {string} directory
 * @param {Map<string, string>} [found]
 */
function installedWith(directory, found = new Map()) {
  const { name } = readJson(path.join(directory, 'package.json'));
  if (found.has(name)) return found;
  found.set(name, directory);
  for (const dependency of Object.keys(dependenciesOf(directory))) {
    // In the workspace it is below the package; in pnpm's store next to it.
    const scope = name.startsWith('@') ? '../..' : '..';
    const folder = [path.join(directory, 'node_modules', dependency), path.join(directory, scope, dependency)].find(
      (candidate) => existsSync(path.join(candidate, 'package.json')),
    );
    if (folder === undefined) throw new Error(`${dependency}, a dependency of ${name}, is not installed`);
    installedWith(realpathSync(folder), found);
  }
  return found;
}

/** @param {string} directory @returns {Record<string, string>} */
function dependenciesOf(directory) {
  const { dependencies = {}, optionalDependencies = {} } = readJson(path.join(directory, 'package.json'));
  return { ...dependencies, ...optionalDependencies };
}

/** @param {string} name @param {string} folder */
function checkPackage(name, folder) {
  const { scripts = {} } = readJson(path.join(folder, 'package.json'));
  // `prepare` and `prepublish` of a package from a registry never run.
  const names = name.startsWith('@metrics/') ? INSTALL_SCRIPTS : INSTALL_SCRIPTS.slice(0, 3);
  const found = names.filter((script) => script in scripts);
  if (existsSync(path.join(folder, 'binding.gyp'))) found.push('binding.gyp');
  if (found.length > 0) fail(`${name} runs a program during its installation: ${found.join(', ')}`);
  if (!ALLOWED_LICENSES.has(licenseOf(folder)))
    fail(`${name} has the license ${licenseOf(folder)}, which is not allowed`);
}

/** @param {string} folder @returns {string} */
function licenseOf(folder) {
  const { license = 'none' } = readJson(path.join(folder, 'package.json'));
  return typeof license === 'string' ? license : license.type;
}

/** @param {string} message */
function fail(message) {
  console.error(message);
  process.exitCode = 1;
}

/** @param {string} folder @returns {number} */
function folderBytes(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.name !== 'node_modules' && !entry.isSymbolicLink())
    .map((entry) => path.join(folder, entry.name))
    .reduce((sum, file) => sum + (statSync(file).isDirectory() ? folderBytes(file) : statSync(file).size), 0);
}

/**
 * Adds up the sizes in the headers of a tarball: https://www.gnu.org/software/tar/manual/html_node/Standard.html
 *
 * @param {Map<string, string>} tarballs @param {string} name
 */
function unpackedBytes(tarballs, name) {
  const file = tarballs.get(name);
  if (file === undefined) throw new Error(`${name} was not packed`);
  const tar = gunzipSync(readFileSync(file));
  let sum = 0;
  for (let at = 0; at < tar.length && tar[at] !== 0; ) {
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 136), 8);
    sum += size;
    at += 512 + 512 * Math.ceil(size / 512);
  }
  return sum;
}

/** @param {string} table @param {string} name @returns {readonly number[]} the sizes of a row in kB, none for a new row */
function writtenSizes(table, name) {
  const row = table.split('\n').find((line) => line.startsWith(`| \`${name}\` |`)) ?? '';
  return [...row.matchAll(/\| ([\d,]+) kB/g)].map(([, size = '']) => Number(size.replaceAll(',', '')));
}

/** @param {number} bytes @param {number | undefined} written in kB */
function atMost(bytes, written = 0) {
  const size = bytes / 1000;
  const isTrue = size <= written && written < size + 2 * SIZE_STEP_KB;
  // Rounded up with room to grow, so that the next small change finds it true.
  const kilobytes = isTrue ? written : Math.ceil(size / SIZE_STEP_KB + 0.5) * SIZE_STEP_KB;
  return `${kilobytes.toLocaleString('en-US')} kB`;
}
