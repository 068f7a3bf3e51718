// The tables of docs/reference/compatibility.md: one for each group of rows.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { checkBlock } from '../generated-block.mjs';
import { root } from '../workspace.mjs';
import { columns, runsInCi } from './row.mjs';
import { rows } from './rows.mjs';

const FILE = 'docs/reference/compatibility.md';

/**
 * Compares the tables with the rows, or writes them with `--update`: a cell that CI does not run has the day on which it was
 * last run by hand.
 *
 * @param {ReadonlyMap<string, boolean>} outcomes of this run, by {@link cellKey}
 */
export function checkTables(outcomes) {
  const days = readDays();
  const today = new Date().toISOString().slice(0, 10);
  const groups = [...new Set(rows.map(({ group }) => group))];
  const tables = groups.map((group) => {
    const members = rows.filter((row) => row.group === group);
    const reasons = new Set();
    const lines = members.map((row) => {
      const texts = columns.map((column) => {
        const check = row.cells[column];
        if (typeof check === 'string') reasons.add(check);
        if (typeof check !== 'function') return '–';
        const key = cellKey(row, column);
        const outcome = outcomes.get(key);
        if (outcome === false) return 'fails';
        if (runsInCi(row, column)) return 'CI';
        return outcome === undefined ? (days.get(key) ?? '') : today;
      });
      return `| ${[row.name, ...texts].join(' | ')} |`;
    });
    const head = [`| | ${columns.join(' | ')} |`, `|${' --- |'.repeat(columns.length + 1)}`];
    const notes = [...reasons].map((reason) => `– : ${reason}.\n`);
    return [`## ${group}\n`, ...head, ...lines, '', ...notes].join('\n');
  });
  checkBlock(FILE, 'tables', tables.join('\n'), 'node scripts/check-consumers.mjs --all --update');
}

/**
 * @param {import('./row.mjs').Row} row
 * @param {string} column
 */
export function cellKey({ group, name }, column) {
  return `${group}: ${name}: ${column}`;
}

/** Returns the days in the document, by cell. */
function readDays() {
  /** @type {Map<string, string>} */
  const days = new Map();
  let group = '';
  let named = columns;
  for (const line of readFileSync(path.join(root, FILE), 'utf8').split('\n')) {
    if (line.startsWith('## ')) group = line.slice(3);
    if (!line.startsWith('| ')) continue;
    const [name = '', ...texts] = line.slice(2, -2).split(' | ');
    if (name === '' || name === '|') named = texts;
    for (const [index, text] of texts.entries())
      if (/^\d{4}-\d\d-\d\d$/.test(text)) days.set(`${group}: ${name}: ${named[index]}`, text);
  }
  return days;
}
