// Fails when the threat model names a test that does not exist: every threat in SECURITY.md has one.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { root } from './workspace.mjs';

/** A file or a folder, and the titles of tests in it: `core/test/x.test.ts` (*title*, *another*). */
const COVER = /`([^`]+)`(?: \((\*[^*]+\*(?:, \*[^*]+\*)*)\))?/g;

const rows = readFileSync(path.join(root, 'SECURITY.md'), 'utf8')
  .split('\n| threat | defense | covered by |\n')[1]
  ?.split('\n\n')[0]
  ?.split('\n')
  .slice(1);
if (rows === undefined) throw new Error('SECURITY.md has no table of threats');

/** @type {string[]} */
const errors = [];
let titles = 0;
for (const row of rows) {
  const [, threat = '', , covered = ''] = row.split(/(?<!\\)\|/);
  const covers = [...covered.matchAll(COVER)];
  if (covers.length === 0) errors.push(`no test: ${threat.trim()}`);
  for (const [, file = '', named] of covers) {
    const found = [path.join(root, 'packages', file), path.join(root, file)].find((candidate) => existsSync(candidate));
    if (found === undefined) errors.push(`${file} does not exist: ${threat.trim()}`);
    else if (named === undefined && !file.startsWith('scripts/'))
      errors.push(`${file}: no title of a test: ${threat.trim()}`);
    const text = found === undefined ? '' : textOf(found);
    for (const [, title = ''] of named?.matchAll(/\*([^*]+)\*/g) ?? []) {
      titles += 1;
      if (found !== undefined && !text.includes(title)) errors.push(`${file} has no test "${title}"`);
    }
  }
}
for (const error of errors) console.error(`SECURITY.md: ${error}`);
console.log(`SECURITY.md: ${rows.length} threats, ${titles} tests, ${errors.length} errors`);
process.exitCode = errors.length > 0 ? 1 : 0;

/** @param {string} file a file, or a folder whose files count as one @returns {string} */
function textOf(file) {
  if (!statSync(file).isDirectory()) return readFileSync(file, 'utf8');
  return readdirSync(file)
    .filter((name) => /\.m?[jt]s$/.test(name))
    .map((name) => readFileSync(path.join(file, name), 'utf8'))
    .join('\n');
}
