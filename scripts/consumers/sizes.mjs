// The cost of a package for those who install it: packages, kilobytes, the size of a bundle, and the time of an import next to that of
// the packages it is compared with.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { checkBlock } from '../generated-block.mjs';
import { readJson } from '../workspace.mjs';
import { programText } from './programs.mjs';
import { backends } from './row.mjs';

const peers = ['hot-shots@17.1.1', 'prom-client@15.1.3'];
const ESBUILD = 'esbuild@0.28.2';
const ROUNDS = 31;

/** The packages that `npm install @metrics/core` and one of these may install. */
/** @type {Readonly<Record<string, readonly string[]>>} */
const allowed = {
  statsd: ['@metrics/aggregation', '@metrics/core', '@metrics/statsd'],
  dogstatsd: ['@metrics/aggregation', '@metrics/core', '@metrics/dogstatsd', '@metrics/statsd'],
  datadog: ['@metrics/aggregation', '@metrics/core', '@metrics/datadog', 'undici'],
  timeseries: ['@metrics/aggregation', '@metrics/core', '@metrics/timeseries'],
};

/**
 * Rejects if a backend brings more packages than it may.
 *
 * @param {import('./workplace.mjs').Workplace} workplace
 * @param {string} column
 */
export async function expectInstalled(workplace, column) {
  const { names } = await installOne(workplace, column);
  const expected = allowed[column];
  if (expected !== undefined && names.join() !== expected.join())
    throw new Error(`@metrics/${column} installs ${names.join(', ')} instead of ${expected.join(', ')}`);
}

/**
 * Measures everything and writes it into the document.
 *
 * @param {import('./workplace.mjs').Workplace} workplace
 */
export async function writeSizes(workplace) {
  const times = await importTimes(workplace);
  const hotShots = times.get('hot-shots') ?? Number.NaN;
  /** @type {string[]} */
  const lines = [];
  for (const name of [...backends, ...peers.map((peer) => peer.replace(/@.*/, ''))]) {
    const ours = backends.includes(name);
    const { names, bytes } = ours ? await installOne(workplace, name) : await installPeer(workplace, name);
    const bundle = ours ? `${kilobytes(await bundleSize(workplace, name))}` : '–';
    const time = times.get(name) ?? Number.NaN;
    lines.push(
      `| ${ours ? `@metrics/${name}` : name} | ${names.length} | ${kilobytes(bytes)} | ${bundle} | ${time.toFixed(1)} | ${(time / hotShots).toFixed(2)} |`,
    );
  }
  const table = [
    '| installed with core | packages | kB on disk | kB in a bundle, minified, brotli | ms to import | as a share of hot-shots |',
    '| --- | --- | --- | --- | --- | --- |',
    ...lines,
    '',
    `Measured on ${new Date().toISOString().slice(0, 10)} under Node.js ${process.versions.node}; times are medians of ${ROUNDS} processes each, which took turns.`,
  ];
  checkBlock(
    'docs/reference/compatibility.md',
    'sizes',
    table.join('\n'),
    'node scripts/check-consumers.mjs --sizes --update',
  );
}

/**
 * @param {import('./workplace.mjs').Workplace} workplace
 * @param {string} column
 */
async function installOne(workplace, column) {
  return describeInstallation(await workplace.installed('@metrics/core', `@metrics/${column}`));
}

/**
 * @param {import('./workplace.mjs').Workplace} workplace
 * @param {string} name
 */
async function installPeer(workplace, name) {
  return describeInstallation(
    await workplace.installed(/** @type {string} */ (peers.find((peer) => peer.startsWith(name)))),
  );
}

/** @param {string} folder */
function describeInstallation(folder) {
  const { packages } = readJson(path.join(folder, 'package-lock.json'));
  const names = Object.keys(packages)
    .filter((place) => place !== '')
    .map((place) => place.replace(/^.*node_modules\//, ''))
    .toSorted();
  return { names, bytes: sizeOf(path.join(folder, 'node_modules')) };
}

/**
 * @param {import('./workplace.mjs').Workplace} workplace
 * @param {string} column
 */
async function bundleSize(workplace, column) {
  const installed = await workplace.installed('@metrics/core', `@metrics/${column}`);
  const folder = workplace.folderIn(installed, 'bundle', { 'program.mjs': programText(column, 'import') });
  const tools = await workplace.installed(ESBUILD);
  const output = path.join(folder, 'bundle.mjs');
  const esbuild = path.join(tools, 'node_modules', '.bin', 'esbuild');
  const options = ['--bundle', '--minify', '--platform=node', '--format=esm', `--outfile=${output}`];
  await workplace.execute([esbuild, 'program.mjs', ...options], { cwd: folder });
  return brotliCompressSync(readFileSync(output)).length;
}

/**
 * Returns the median milliseconds of an import, by name.
 *
 * @param {import('./workplace.mjs').Workplace} workplace
 */
async function importTimes(workplace) {
  /** @type {[name: string, imported: string, folder: string][]} */
  const subjects = [];
  for (const name of backends)
    subjects.push([name, `@metrics/${name}`, await workplace.installed('@metrics/core', `@metrics/${name}`)]);
  for (const peer of peers)
    subjects.push([peer.replace(/@.*/, ''), peer.replace(/@.*/, ''), await workplace.installed(peer)]);
  /** @type {Map<string, number[]>} */
  const times = new Map(subjects.map(([name]) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, imported, folder] of subjects) {
      const core = imported.startsWith('@metrics') ? `await import('@metrics/core');` : '';
      const source = `const start = performance.now(); ${core} await import('${imported}'); console.log(performance.now() - start);`;
      const printed = await workplace.execute([process.execPath, '--input-type=module', '-e', source], { cwd: folder });
      times.get(name)?.push(Number(printed));
    }
  }
  return new Map(Array.from(times, ([name, all]) => [name, all.toSorted((a, b) => a - b)[ROUNDS >> 1] ?? Number.NaN]));
}

/** @param {number} bytes */
function kilobytes(bytes) {
  return Math.round(bytes / 1000);
}

/**
 * @param {string} place
 * @returns {number} bytes
 */
function sizeOf(place) {
  if (!statSync(place).isDirectory()) return statSync(place).size;
  return readdirSync(place).reduce((sum, name) => sum + sizeOf(path.join(place, name)), 0);
}
