// @ts-check
// `npm run reliability`: runs the matrix of backends and faults, or a part of it. See --help.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { backends } from './backends.mjs';
import { runCell } from './cell.mjs';
import { brokenPromises, brokenTimes } from './checks.mjs';
import { faults, reasonAgainst } from './faults.mjs';
import { csv, matrix, textTable } from './report.mjs';
import { installTools } from './tools.mjs';

/** The cells that differ most. */
const SHORT = [
  ['statsd udp', 'none'],
  ['statsd udp', '30 % loss'],
  ['statsd udp', 'address moves'],
  ['statsd udp', 'no ports'],
  ['statsd udp', 'process.exit'],
  ['statsd tcp', 'refused'],
  ['statsd tcp', 'black hole'],
  ['statsd tcp', 'name unknown at first'],
  ['statsd tcp', 'silent'],
  ['statsd tcp', 'cluster, one killed'],
  ['statsd unixgram', 'stalled'],
  ['statsd unixgram', 'natural end'],
  ['statsd unixgram', 'killed'],
  ['dogstatsd udp', 'clock back'],
  ['dogstatsd udp', 'a million series'],
  ['dogstatsd unixgram', 'socket replaced'],
  ['dogstatsd unixstream', 'killed'],
  ['dogstatsd unixstream', 'SIGTERM in flush'],
  ['dogstatsd unixstream', 'thread terminated'],
  ['datadog', 'restart'],
  ['datadog', 'no descriptors at start'],
  ['datadog', 'natural end, silent peer'],
  ['datadog', 'flush storm'],
  ['prometheus', 'killed'],
  ['prometheus', 'no descriptors at start'],
  ['opentelemetry', 'restart'],
  ['opentelemetry', 'silent'],
  ['logging console', 'slow reader'],
  ['logging file', 'disk full'],
  ['logging stream', 'process.exit'],
  ['timeseries memory', 'uncaught exception'],
  ['timeseries redis', 'killed'],
  ['timeseries redis', '30 % loss'],
  ['combine', 'replace'],
];

const HELP = `Usage: npm run reliability -- [options]

Runs an application against every backend under every fault. Its own count of calls, the stats of the library and the count
of the peer must agree; it must end in time, with nothing pending, and no error may reach it.

Options:
  --short            the ${SHORT.length} cells that differ most, two minutes
  --backend NAME     only this row: ${Object.keys(backends).join(', ')}
  --fault NAME       only this column: ${Object.keys(faults).join(', ')}
  --repeat N         runs each cell N times
  --jobs N           how many cells run at the same time (1 by default)
  --write            writes the tables in docs/reference/reliability.md and docs/reference/reliability.csv
  --list             lists the cells, and why others do not exist
  --help
`;

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    backend: { type: 'string' },
    fault: { type: 'string' },
    repeat: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '1' },
    write: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
for (const [name, given, known] of /** @type {const} */ ([
  ['backend', values.backend, backends],
  ['fault', values.fault, faults],
]))
  if (given !== undefined && known[given] === undefined) {
    console.error(`There is no ${name} "${given}".\n\n${HELP}`);
    process.exit(2);
  }

const all = Object.keys(backends).flatMap((backend) => Object.keys(faults).map((fault) => [backend, fault]));
const chosen = (values.short ? SHORT : all).filter(
  ([backend = '', fault = '']) => (values.backend ?? backend) === backend && (values.fault ?? fault) === fault,
);
const cells = chosen.filter(([backend = '', fault = '']) => reasonAgainst(backend, fault) === undefined);
if (values.list) {
  for (const [backend = '', fault = ''] of chosen)
    console.log(`${backend} × ${fault}: ${reasonAgainst(backend, fault) ?? 'runs'}`);
  console.log(`${cells.length} of ${chosen.length} combinations are cells`);
  process.exit(0);
}
const obstacle = installTools();
if (obstacle !== undefined) console.error(`Some cells will fail: ${obstacle}`);

/** @type {import('./report.mjs').CheckedOutcome[]} */
const outcomes = [];
const began = performance.now();
const waiting = cells.flatMap((cell) => Array.from({ length: Number(values.repeat) }, () => cell));
const count = waiting.length;
await Promise.all(Array.from({ length: Number(values.jobs) }, runWaiting));

const order = (/** @type {{ backend: string, fault: string }} */ { backend, fault }) =>
  all.findIndex(([row, column]) => row === backend && column === fault);
outcomes.sort((a, b) => order(a) - order(b));
const failed = outcomes.filter(({ broken }) => broken.length > 0).length;
const summary = `${outcomes.length - failed} cells hold, ${failed} are broken`;
console.log(`${textTable(outcomes)}\n\n${summary}`);
if (values.write) writeDocument();
process.exitCode = failed === 0 ? 0 : 1;

async function runWaiting() {
  for (let cell = waiting.shift(); cell !== undefined; cell = waiting.shift()) {
    const [backend = '', fault = ''] = cell;
    let outcome = await runCell(backend, fault);
    // Only what a stalled machine breaks is tried once more. No count ever is.
    const late = brokenTimes(outcome);
    if (late.length > 0 && late.length === brokenPromises(outcome).length) {
      console.error(`         ${backend} × ${fault} is tried again: ${late.join('; ')}`);
      outcome = await runCell(backend, fault);
    }
    const broken = brokenPromises(outcome);
    outcomes.push({ ...outcome, broken });
    showProgress(outcome, broken);
  }
}

/** @param {import('./cell.mjs').Outcome} outcome @param {readonly string[]} broken */
function showProgress({ backend, fault, report }, broken) {
  const seconds = Math.round((performance.now() - began) / 1000);
  const left = Math.round(((seconds / outcomes.length) * (count - outcomes.length)) / 60);
  const verdict = broken.length === 0 ? 'ok    ' : 'BROKEN';
  console.error(`[${outcomes.length}/${count}] ${verdict} ${backend} × ${fault} (${seconds} s, ${left} minutes left)`);
  for (const line of broken) console.error(`         ${line}`);
  if (broken.length === 0) return;
  for (const { code, count: times, message } of report?.problems.slice(0, 5) ?? [])
    console.error(`         reported: ${code}: ${message} [${times}]`);
}

function writeDocument() {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const file = new URL('../docs/reference/reliability.md', import.meta.url);
  const [, before = '', after = ''] =
    /^(.*<!-- run: begin[^\n]*-->\n).*(<!-- run: end -->.*)$/s.exec(readFileSync(file, 'utf8')) ?? [];
  if (before === '') throw new Error('docs/reference/reliability.md has no place for the table');
  const when = new Date().toISOString().slice(0, 10);
  const minutes = Math.ceil((performance.now() - began) / 60_000);
  const heading = `Run on ${when} at ${commit}, Node.js ${process.version}, ${cpus().length} cores, in ${minutes} minutes: ${summary}.`;
  const link = 'All that each cell shows is in [reliability.csv](reliability.csv).';
  writeFileSync(file, `${before}\n${heading} ${link}\n\n${matrix(outcomes)}\n\n${after}`);
  writeFileSync(new URL('../docs/reference/reliability.csv', import.meta.url), csv(outcomes));
}
