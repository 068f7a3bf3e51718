// @ts-check
// `npm run bench`: runs all suites, or those named. See --help.
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { mergedResults, writeResults } from './results.mjs';
import { Sink } from './sink.mjs';
import { datadogFlush } from './suites/datadog-flush.mjs';
import { endToEnd } from './suites/end-to-end.mjs';
import { flush } from './suites/flush.mjs';
import { growth } from './suites/growth.mjs';
import { hotPath } from './suites/hot-path.mjs';
import { http } from './suites/http.mjs';
import { load } from './suites/load.mjs';
import { logging } from './suites/logging.mjs';
import { memory } from './suites/memory.mjs';
import { newSeries } from './suites/new-series.mjs';
import { optionCosts } from './suites/options.mjs';
import { timeSeries } from './suites/time-series.mjs';
import { totals } from './suites/totals.mjs';
import { checkTargets } from './targets.mjs';

/** @type {Readonly<Record<string, import('./suite.mjs').Suite>>} */
const suites = {
  'hot-path': hotPath,
  'end-to-end': endToEnd,
  flush,
  memory,
  'new-series': newSeries,
  load,
  options: optionCosts,
  growth,
  logging,
  'datadog-flush': datadogFlush,
  'time-series': timeSeries,
  totals,
  http,
};

const HELP = `Usage: npm run bench -- [suite …] [options]

Measures every client against every other in interleaved rounds, and writes benchmarks/results/latest.json and latest.md,
docs/reference/benchmarks.md, its chart, and the table in README.md. Named suites replace their part of the last results.

Suites:
${Object.entries(suites)
  .map(([name, { title }]) => `  ${name.padEnd(16)}${title}`)
  .join('\n')}

Options:
  --short          fewer contenders and rounds, about a minute; writes nothing
  --check          exits with 1 when a target is missed, twice, by more than the noise of a shared machine
                   (a short run: when it is exceeded threefold, or what does not depend on speed is missed)
  --node VERSION   also runs the hot path under that version of Node.js, which npx fetches: --node 24
  --help
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    short: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    node: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const unknown = positionals.filter((name) => suites[name] === undefined);
if (values.help || unknown.length > 0) {
  if (unknown.length > 0) console.error(`There is no suite called ${unknown.join(' or ')}.\n`);
  console.log(HELP);
  process.exit(unknown.length > 0 ? 2 : 0);
}

const names = positionals.length > 0 ? positionals : Object.keys(suites);
const otherNode = values.node === undefined ? undefined : programOf(values.node);
/** @type {Record<string, import('./suite.mjs').Section & { title: string, about: string }>} */
const sections = {};
const started = performance.now();
const sink = await Sink.start();
await measure(names);
const doubtful = names.filter(
  (name) => checkTargets({ [name]: sections[name] ?? { measurements: {} } }, values.short).failed > 0,
);
if (values.check && doubtful.length > 0) {
  console.error(
    `A target is missed in ${doubtful.join(' and ')}, perhaps because the machine was busy: measuring once more.`,
  );
  await measure(doubtful);
}
await sink.stop();

if (!values.short) await writeResults(mergedResults(sections));
const { lines, failed } = checkTargets(sections, values.short);
console.log(`\nTargets\n${lines.join('\n')}`);
if (values.check && failed > 0) {
  console.error(`\n${failed} failed`);
  process.exitCode = 1;
}

/** @param {readonly string[]} chosen */
async function measure(chosen) {
  for (const [index, name] of chosen.entries()) {
    const suite = suites[name];
    if (suite === undefined) continue;
    const { title, about, run } = suite;
    /** @param {string} step */
    const progress = (step) => {
      const seconds = Math.round((performance.now() - started) / 1000);
      console.error(`[${index + 1}/${chosen.length}] ${name} (${seconds} s): ${step}`);
    };
    const section = await run({ short: values.short, port: sink.port, progress, otherNode });
    sections[name] = { title, about, ...section };
    for (const table of section.tables) console.log(`\n${text(table)}`);
  }
}

/** @param {import('./suite.mjs').Table} table */
function text({ title, columns, rows, note }) {
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...rows.map((row) => (row[index] ?? '').length)),
  );
  const line = (/** @type {readonly string[]} */ cells) =>
    cells
      .map((cell, index) => (index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0)))
      .join('  ');
  return [title, ...[columns, ...rows].map((cells) => `  ${line(cells)}`), ...(note ? [`  ${note}`] : [])].join('\n');
}

/** @param {string} version */
function programOf(version) {
  const source = ['--yes', '-p', `node@${version}`, 'node', '--print', 'process.execPath'];
  return execFileSync('npx', source, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}
