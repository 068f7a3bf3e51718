// @ts-check
// The results as files: one for programs, one for people, and the parts of the documents that show them.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { chart } from './chart.mjs';
import { formatNumber } from './suite.mjs';
import { checkTargets, targets, verdict } from './targets.mjs';

/**
 * @typedef {import('./suite.mjs').Section & { title: string, about: string, machine?: Machine }} NamedSection
 * @typedef {{ date: string, node: string, processor: string, cores: number, memory: string, platform: string, commit: string }} Machine
 * @typedef {Readonly<Record<string, NamedSection>>} Results
 */

const root = fileURLToPath(new URL('..', import.meta.url));
const RESULTS = `${root}benchmarks/results/latest.json`;
/** The files that results depend on. */
const CODE = ['packages', 'benchmarks', ':!benchmarks/results'];
const BEGIN = '<!-- results: begin, written by `npm run bench` -->';
const END = '<!-- results: end -->';

/** Returns the last results, updated with these sections; each has the machine it was measured on. @param {Results} sections */
export function mergedResults(sections) {
  const here = machine();
  const before = existsSync(RESULTS) ? /** @type {Results} */ (JSON.parse(readFileSync(RESULTS, 'utf8'))) : {};
  const measured = Object.entries(sections).map(([name, section]) => [name, { ...section, machine: here }]);
  return /** @type {Results} */ ({ ...before, ...Object.fromEntries(measured) });
}

/** @param {Results} results */
export async function writeResults(results) {
  mkdirSync(`${root}benchmarks/results`, { recursive: true });
  write('benchmarks/results/latest.json', `${JSON.stringify(results, null, 2)}\n`);
  write('benchmarks/results/latest.md', `# Results\n\n${markdown(results)}`);
  write('docs/reference/hot-path.svg', chart(results));
  replaceResults('docs/reference/benchmarks.md', markdown(results));
  replaceResults('README.md', summary(results));
}

/** @param {string} file @param {string} content */
function write(file, content) {
  writeFileSync(root + file, content);
  console.error(`wrote ${file}`);
}

/** @param {string} file @param {string} content */
function replaceResults(file, content) {
  const text = readFileSync(root + file, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${file} has no block for results, between ${BEGIN} and ${END}`);
  write(file, `${text.slice(0, begin + BEGIN.length)}\n\n${content.trim()}\n\n${text.slice(end)}`);
}

/** @param {Results} results */
function markdown(results) {
  const parts = [targetTable(results)];
  for (const { title, about, tables, machine: where } of Object.values(results)) {
    parts.push(`## ${title}`, about);
    if (where !== undefined) parts.push(`Measured ${place(where)}`);
    for (const { title: heading, columns, rows, note } of tables) {
      parts.push(`### ${heading}`, grid(columns, rows));
      if (note !== undefined) parts.push(note);
    }
  }
  return `${parts.join('\n\n')}\n`;
}

/** @param {Results} results */
function targetTable(results) {
  const measured = checkTargets(results, false).measurements;
  const rows = targets.map((target) => {
    const value = measured[target.measurement];
    return [
      target.quantity,
      formatNumber(target.target),
      formatNumber(value ?? Number.NaN),
      target.floor ?? '',
      verdict(target, value),
    ];
  });
  return `## Targets\n\n${grid(['at most', 'target', 'measured', 'floor', ''], rows)}`;
}

/** Returns the part for the README: a call with three tags, delivered. @param {Results} results */
function summary(results) {
  const hotPath = results['hot-path'];
  if (hotPath === undefined) return '';
  const table = hotPath.tables.find(({ title }) => title.startsWith('v3'));
  const parts = ['![Nanoseconds of one counter call with three tags, by client](docs/reference/hot-path.svg)'];
  if (table !== undefined) {
    parts.push(
      grid(
        table.columns.slice(0, 4),
        table.rows.map((row) => row.slice(0, 4)),
      ),
    );
  }
  if (hotPath.machine !== undefined) {
    parts.push(
      `One counter call with three tags, one of fifty values; the ratio is to hot-shots with a buffer. Measured ${place(hotPath.machine)} [All results, targets and losses](docs/reference/benchmarks.md).`,
    );
  }
  return parts.join('\n\n');
}

/** @param {Machine} where */
function place({ date, node, processor, cores, memory, platform, commit }) {
  return `on ${date} with Node.js ${node}, ${cores} × ${processor}, ${memory}, ${platform}, code of ${commit}, by \`npm run bench\`.`;
}

/** @param {readonly string[]} columns @param {readonly (readonly string[])[]} rows */
function grid(columns, rows) {
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(' | ')} |`;
  const rule = columns.map((_, index) => (index === 0 ? '---' : '---:'));
  return [line(columns), line(rule), ...rows.map(line)].join('\n');
}

/** @param {readonly string[]} words */
function git(...words) {
  return execFileSync('git', [...words], { cwd: root, encoding: 'utf8' }).trim();
}

/** @returns {Machine} */
function machine() {
  const [first] = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    processor: first?.model.trim() || 'processor',
    cores: cpus().length,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    platform: `${process.platform} ${process.arch}`,
    commit:
      git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--', ...CODE) === '' ? '' : ', changed'),
  };
}
