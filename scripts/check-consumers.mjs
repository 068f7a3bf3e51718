// Releases a copy of the workspace into a private registry on this machine, and then does what new users do, in each
// environment that docs/compatibility.md lists: scripts/consumers/ has them.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { release } from './consumers/release.mjs';
import { rows } from './consumers/rows.mjs';
import { Workplace } from './consumers/workplace.mjs';
import { startPrivateRegistry } from './private-registry.mjs';
import { readJson } from './workspace.mjs';

const HELP = `node scripts/check-consumers.mjs [options] [words]

Without options: one cell of each row of docs/compatibility.md, as in CI.

  words               only cells that have all of them in group, row and column: pnpm statsd
  --all               every cell
  --list              names the cells, and does nothing
  --folder <path>     keeps the release and the installations there, and uses a release that is there already
`;

const { values: options, positionals: words } = parseArgs({
  allowPositionals: true,
  options: {
    all: { type: 'boolean', default: false },
    folder: { type: 'string' },
    help: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
});

const cells = rows
  .flatMap((row) =>
    Object.entries(row.cells)
      .filter(([column]) => options.all || column === row.ci)
      .map(([column, check]) => ({ check, name: `${row.group}: ${row.name}: ${column}` })),
  )
  .filter(({ name }) => words.every((word) => name.toLowerCase().includes(word.toLowerCase())));

if (options.help) console.log(HELP);
else if (options.list) for (const { name } of cells) console.log(name);
else if (cells.length === 0) fail(`no cell matches ${words.join(' ')}; --list names them`);
else await runCells();

async function runCells() {
  const place = options.folder ?? mkdtempSync(path.join(tmpdir(), 'consumers-'));
  mkdirSync(place, { recursive: true });
  const copy = path.join(place, 'copy');
  const { environment, stop } = await startPrivateRegistry(path.join(place, 'registry'));
  process.once('exit', () => {
    stop();
    if (options.folder === undefined) rmSync(place, { recursive: true, force: true });
  });
  const released = path.join(copy, 'packages', 'core', 'package.json');
  const version = existsSync(released) ? readJson(released).version : release(copy, environment);
  const workplace = new Workplace({ root: mkdtempSync(path.join(place, 'run-')), environment, version });
  /** @type {string[]} */
  const failed = [];
  for (const { check, name } of cells) {
    if (typeof check === 'string') continue;
    const start = Date.now();
    try {
      await check(workplace);
      console.log(`ok      ${name} (${Math.round((Date.now() - start) / 1000)} s)`);
    } catch (error) {
      failed.push(name);
      console.error(`FAILED  ${name}\n${error instanceof Error ? error.message : String(error)}`);
    }
  }
  console.log(`${cells.length - failed.length} passed, ${failed.length} failed`);
  process.exit(failed.length > 0 ? 1 : 0);
}

/** @param {string} message */
function fail(message) {
  console.error(message);
  process.exitCode = 1;
}
