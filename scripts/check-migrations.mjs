// Runs every pair of ```js migration blocks in docs/migrate: the first against the old library, the second against ours, in
// separate processes that send to the same receivers. The fence after them shows what arrived, and must be right:
// ```text wire lists lines that both send, in ```diff wire those after `-` come from the old library only and those after `+`
// from ours only. A block without a partner shows what ours sends. `…` stands for a number that differs from run to run.
// ```js [file.js] migration is a file that other blocks import. Needs a build. `--update` writes the fences; other arguments are parts of names of pages.
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { linePattern } from './docs-check/output-difference.mjs';
import { readFences } from './docs-check/read-fences.mjs';
import { readerEnvironment } from './docs-check/reader-environment.mjs';
import { startReceivers } from './migrations/receivers.mjs';
import { root } from './workspace.mjs';

const RUN_LIMIT_MS = 60_000;

/**
 * @typedef {object} Block
 * @property {string} file
 * @property {string} place page and line, for messages
 *
 * @typedef {object} Line
 * @property {'-' | '+' | ' '} side the old library, ours, or both
 * @property {string} text
 */

// Inside the examples, because those depend on all packages and on the old libraries.
const folder = path.join(root, 'examples', '.migrations-check');
const pages = path.join(root, 'docs', 'migrate');
const update = process.argv.includes('--update');
const words = process.argv.slice(2).filter((word) => word !== '--update');

/** @type {string[]} */
const errors = [];
let comparisons = 0;
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const page of readdirSync(pages).filter((name) => name.endsWith('.md')))
  if (words.length === 0 || words.some((word) => page.includes(word))) await checkPage(page);
if (comparisons === 0) errors.push('no pair of blocks found: either there are no pages or the pattern is wrong');
for (const error of errors) console.error(error);
console.log(`${comparisons} comparisons, ${errors.length} errors`);
if (errors.length === 0) rmSync(folder, { recursive: true, force: true });
process.exitCode = errors.length > 0 ? 1 : 0;

/** @param {string} page */
async function checkPage(page) {
  const file = path.join(pages, page);
  const source = readFileSync(file, 'utf8');
  let updated = source;
  /** @type {Block[]} */
  let waiting = [];
  for (const { whole, line, language, info, title, options, code } of readFences(source)) {
    const place = `docs/migrate/${page}:${line}`;
    if (options.includes('migration') && title !== undefined) writeFileSync(path.join(folder, title), code);
    else if (options.includes('migration')) {
      const block = { place, file: path.join(folder, `${page}-${line}.mjs`) };
      writeFileSync(block.file, '\n'.repeat(line - 1) + code);
      waiting.push(block);
    } else if (options.includes('wire')) {
      if (waiting.length < 1 || waiting.length > 2)
        errors.push(`${place}: expected one or two \`migration\` blocks before it, found ${waiting.length}`);
      else {
        const lines = await compare(waiting, readLines(code, language), place);
        updated = updated.replace(whole, () => whole.replace(`${language}${info}\n${code}`, () => writeLines(lines)));
      }
      waiting = [];
    }
  }
  for (const { place } of waiting) errors.push(`${place}: no \`wire\` fence shows what this block sends`);
  if (update && updated !== source) writeFileSync(file, updated);
}

/**
 * Runs the blocks, compares what arrived with the lines of the fence, and resolves with the right lines.
 *
 * @param {Block[]} blocks
 * @param {Line[]} expected
 * @param {string} place
 */
async function compare(blocks, expected, place) {
  comparisons += 1;
  // One after the other: a busy machine would make an old library or ours miss a deadline.
  const runs = [];
  for (const block of blocks) runs.push(await run(block));
  const [before = [], after = before] = runs.map(({ lines }) => lines);
  const found = findDifferences(before, after, expected);
  const missing = [...expected];
  const unexpected = found.filter(({ side, text }) => {
    const index = missing.findIndex((line) => line.side === side && patternOf(line.text).test(text));
    if (index >= 0) missing.splice(index, 1);
    return index < 0;
  });
  if (missing.length === 0 && unexpected.length === 0) return expected;
  const right = [...expected.filter((line) => !missing.includes(line)), ...unexpected];
  if (!update)
    errors.push(
      `${place}: this is not what arrived, which is:\n\n${writeLines(right)}${runs.map((each) => each.warnings).join('')}`,
    );
  return right;
}

/**
 * Says of each line who sent it. Numbers that differ from run to run are equal.
 *
 * @param {readonly string[]} before
 * @param {readonly string[]} after
 * @param {readonly Line[]} expected
 * @returns {Line[]}
 */
function findDifferences(before, after, expected) {
  const rest = [...after];
  /** @type {Line[]} */
  const lines = [];
  for (const text of before) {
    const pattern = expected.map((line) => patternOf(line.text)).find((each) => each.test(text));
    const index = rest.findIndex((other) => other === text || pattern?.test(other));
    lines.push({ side: index < 0 ? '-' : ' ', text });
    if (index >= 0) rest.splice(index, 1);
  }
  for (const text of rest) lines.push({ side: '+', text });
  return lines;
}

/**
 * Resolves with the lines that the receivers got from a block and those that it printed, and its warnings.
 *
 * @param {Block} block
 * @returns {Promise<{ lines: string[], warnings: string }>}
 */
async function run({ file, place }) {
  const receivers = await startReceivers(folder);
  const child = spawn(process.execPath, [...receivers.flags, file], {
    env: { ...readerEnvironment(), ...receivers.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: RUN_LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  let printed = '';
  let warnings = '';
  child.stdout.on('data', (chunk) => (printed += chunk));
  child.stderr.on('data', (chunk) => (warnings += chunk));
  const code = await new Promise((resolve) => child.once('close', resolve));
  const lines = await receivers.stop();
  if (code !== 0) errors.push(`${place}: ended with exit code ${code}\n${printed}${warnings}`);
  const output = printed.split('\n').filter((line) => line.trim() !== '');
  return { lines: [...output, ...lines].map(sortTags), warnings };
}

/**
 * Sorts the labels of a Prometheus line or the tags of a DogStatsD line, whose order means nothing.
 * @param {string} line
 */
function sortTags(line) {
  /** @param {string} tags */
  const sort = (tags) => tags.split(',').sort().join(',');
  return line
    .replace(/\{(\w+="[^"]*"(?:,\w+="[^"]*")*)\}/, (_, labels) => `{${sort(labels)}}`)
    .replace(/\|#([^|]*)/, (_, tags) => `|#${sort(tags)}`);
}

/**
 * @param {string} content
 * @param {string} language
 * @returns {Line[]}
 */
function readLines(content, language) {
  const lines = content.split('\n').filter((line) => line.trim() !== '');
  if (language !== 'diff') return lines.map((text) => ({ side: ' ', text }));
  return lines.map((line) => ({ side: line[0] === '-' || line[0] === '+' ? line[0] : ' ', text: line.slice(2) }));
}

/** @param {Line[]} lines */
function writeLines(lines) {
  if (lines.every(({ side }) => side === ' ')) return `text wire\n${lines.map(({ text }) => `${text}\n`).join('')}`;
  return `diff wire\n${lines.map(({ side, text }) => `${side} ${text}\n`).join('')}`;
}

/** @param {string} text */
function patternOf(text) {
  return new RegExp(`^${linePattern(text, String.raw`[\d.]+`)}$`);
}
