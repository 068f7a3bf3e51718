// Lists the functions that one `incr` with three tags enters over DogStatsD: the first call of a metric, the first call of
// another series of it, and the next calls with the same tags, as V8 counts them in the built packages. Needs a build.
// Compares the list with docs/reference/architecture.md; `--update` writes it there.
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

const traces = await traceCalls();
const files = [...new Set(traces.flat().map(({ file }) => file))];
const order = new Map(traces.flat().map(({ file, layer }) => [file, layer]));
files.sort((one, other) => (order.get(one) ?? 0) - (order.get(other) ?? 0) || one.localeCompare(other));
const titles = ['first call of a metric', 'first call of another series', 'its second call', 'its third call'];
const row = (/** @type {string[]} */ ...cells) => `| ${cells.join(' | ')} |`;
const table = [
  row('file', ...traces.map((functions, index) => `${titles[index]}: ${functions.length} functions`)),
  row('---', ...traces.map(() => '---')),
  ...files.map((file) => row(file.replace('/src/', '/'), ...traces.map((functions) => namesIn(file, functions)))),
].join('\n');
console.log(table);
checkBlock('docs/reference/architecture.md', 'trace', table, 'npm run map:update');

/** @returns {Promise<EnteredFunction[][]>} the functions of each call */
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
  const mail = { queue: 'mail', priority: 'high', region: 'eu' };
  const reports = { queue: 'reports', priority: 'low', region: 'us' };
  for (const tags of [mail, reports, reports, reports]) {
    // Discards the counts so far.
    await session.post('Profiler.takePreciseCoverage');
    metrics.incr('jobs.started', { tags });
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
  return (
    scripts
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
          const name = displayName(functionName, code, range.startOffset);
          return [{ file, line: source.originalLine, layer: layerOf(file), name, count: range.count }];
        });
      })
      // V8 has a separate function for the fields of a class with a constructor.
      .filter(
        ({ file, name }, index, all) =>
          !name.startsWith('new ') || all.findIndex((each) => each.file === file && each.name === name) === index,
      )
      .sort((a, b) => a.layer - b.layer || a.file.localeCompare(b.file) || a.line - b.line)
  );
}

/**
 * @param {string} name in V8
 * @param {string} code of the file
 * @param {number} offset of the function
 */
function displayName(name, code, offset) {
  if (name !== '<instance_members_initializer>') {
    const isConstructor = /^(?:constructor|class)\b/.test(code.slice(offset, offset + 12));
    return isConstructor ? `new ${name}` : name || '(callback)';
  }
  const [, assigned, declared] = [...code.slice(0, offset + 5).matchAll(/(\w+) = class\b|\bclass (\w+)/g)].at(-1) ?? [];
  return `new ${assigned ?? declared}`;
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
