// Lists the functions that one `incr` with three new tags enters over DogStatsD, and those that the next call with the same
// tags enters: as V8 counts them in the built packages. Needs a build. Compares the list with docs/architecture.md;
// `--update` writes it there.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { SourceMap } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { packages } from '../dependency-cruiser.config.mjs';
import { checkBlock } from './generated-block.mjs';
import { root } from './workspace.mjs';

/**
 * @typedef {object} EnteredFunction
 * @property {string} file below `packages`
 * @property {number} line
 * @property {number} layer of the file: packages and layers in the order in which a call passes them
 * @property {string} name
 * @property {number} count of calls
 */

const folder = path.join(root, 'packages');
/** As a call passes them. */
const route = ['core', 'dogstatsd', 'statsd', 'aggregation'];

const [first = [], next = []] = await traceCalls();
const files = [...new Set(first.map(({ file }) => file))];
const rows = files.map(
  (file) => `| ${file.replace('/src/', '/')} | ${namesIn(file, first)} | ${namesIn(file, next)} |`,
);
const table = [
  `| file | first call: ${first.length} functions | next call: ${next.length} functions |`,
  '| --- | --- | --- |',
  ...rows,
].join('\n');
console.log(table);
checkBlock('docs/architecture.md', 'trace', table, 'npm run map:update');

/** @returns {Promise<EnteredFunction[][]>} the functions of the first and of the second call */
async function traceCalls() {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  // Before the packages are loaded: V8 counts the calls of functions that it compiles from now on.
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  const { metrics } = await load('core');
  const { DogStatsdMetricsBackend } = await load('dogstatsd');
  const server = createSocket('udp4').bind(0, '127.0.0.1');
  await once(server, 'listening');
  metrics.register(new DogStatsdMetricsBackend({ statsdPort: server.address().port, telemetry: false }));

  const traced = [];
  for (let i = 0; i < 2; i++) {
    // Discards the counts so far.
    await session.post('Profiler.takePreciseCoverage');
    metrics.incr('jobs.started', { tags: { queue: 'mail', priority: 'high', region: 'eu' } });
    const { result } = await session.post('Profiler.takePreciseCoverage');
    traced.push(enteredFunctions(result));
  }

  await metrics.close();
  server.close();
  session.disconnect();
  return traced;
}

/** @param {string} name */
async function load(name) {
  return import(pathToFileURL(path.join(folder, name, 'dist', 'index.js')).href);
}

/**
 * @param {readonly import('node:inspector').Profiler.ScriptCoverage[]} scripts
 * @returns {EnteredFunction[]}
 */
function enteredFunctions(scripts) {
  return scripts
    .filter(({ url }) => url.startsWith(pathToFileURL(folder).href))
    .flatMap(({ url, functions }) => {
      const built = fileURLToPath(url);
      const code = readFileSync(built, 'utf8');
      const map = existsSync(`${built}.map`) ? readFileSync(`${built}.map`, 'utf8') : undefined;
      const sources = map === undefined ? undefined : new SourceMap(JSON.parse(map));
      return functions.flatMap(({ functionName, ranges: [range] }) => {
        if (range === undefined || range.count === 0) return [];
        const lines = code.slice(0, range.startOffset).split('\n');
        const origin = sources?.findEntry(lines.length - 1, lines.at(-1)?.length ?? 0);
        const source = origin && 'originalSource' in origin ? origin : { originalSource: built, originalLine: 0 };
        const file = path.relative(folder, path.resolve(path.dirname(built), source.originalSource));
        const isConstructor = /^(?:constructor|class)\b/.test(code.slice(range.startOffset, range.startOffset + 12));
        const name = displayName(functionName, isConstructor);
        return [{ file, line: source.originalLine, layer: layerOf(file), name, count: range.count }];
      });
    })
    .sort((a, b) => a.layer - b.layer || a.file.localeCompare(b.file) || a.line - b.line);
}

/**
 * @param {string} name in V8
 * @param {boolean} isConstructor
 */
function displayName(name, isConstructor) {
  if (name === '<instance_members_initializer>') return '(fields)';
  return isConstructor ? `new ${name}` : name || '(callback)';
}

/** @param {string} file below `packages` */
function layerOf(file) {
  const [name = '', , ...rest] = file.split(path.sep);
  const unit = rest.length > 1 ? `${rest[0]}/` : path.basename(file, '.ts');
  const layer = packages[name]?.layers.findIndex((units) => units.includes(unit)) ?? 0;
  return route.indexOf(name) * 100 + layer;
}

/**
 * @param {string} file
 * @param {readonly EnteredFunction[]} functions
 */
function namesIn(file, functions) {
  const names = functions
    .filter((each) => each.file === file)
    .map(({ name, count }) => (count === 1 ? name : `${name} ×${count}`));
  return names.join(', ');
}
