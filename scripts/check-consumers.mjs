// Releases a copy of the workspace into a private registry on this machine, and then does what new users do, in each
// environment that docs/reference/compatibility.md lists: scripts/consumers/ has them.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { release } from './consumers/release.mjs';
import { runsInCi } from './consumers/row.mjs';
import { rows } from './consumers/rows.mjs';
import { writeSizes } from './consumers/sizes.mjs';
import { cellKey, checkTables } from './consumers/table.mjs';
import { Workplace } from './consumers/workplace.mjs';
import { startPrivateRegistry } from './private-registry.mjs';
import { readJson } from './workspace.mjs';

const HELP = `node scripts/check-consumers.mjs [options] [words]

Without options: one cell of each row of docs/reference/compatibility.md, as in CI.

  words               only cells that have all of these words in group, row and column: pnpm 11 statsd
  --all               every cell
  --sizes             measures what each package costs as well
  --update            writes the outcome into docs/reference/compatibility.md
  --list              names the cells, and does nothing
  --folder <path>     keeps the release and what npm installs there, and uses what is there already
`;

const { values: options, positionals: words } = parseArgs({
  allowPositionals: true,
  options: {
    all: { type: 'boolean', default: false },
    folder: { type: 'string' },
    help: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    sizes: { type: 'boolean', default: false },
    update: { type: 'boolean', default: false },
  },
});

/** A word is not part of another one: statsd is not in dogstatsd. */
const patterns = words.map((word) => new RegExp(`(?<![\\w-])${word.replaceAll(/[.+]/g, '\\$&')}(?![\\w-])`, 'i'));
const cells = rows
  .flatMap((row) =>
    Object.entries(row.cells)
      .filter(([column]) => options.all || runsInCi(row, column))
      .map(([column, cell]) => ({ check: cell, name: cellKey(row, column) })),
  )
  .filter(({ check: cell, name }) => typeof cell === 'function' && patterns.every((pattern) => pattern.test(name)));

if (options.help) console.log(HELP);
else if (options.list) for (const { name } of cells) console.log(name);
else if (cells.length === 0) fail(`no cell matches ${words.join(' ')}; --list --all names them`);
else await check();

async function check() {
  const place = options.folder ?? mkdtempSync(path.join(tmpdir(), 'consumers-'));
  mkdirSync(place, { recursive: true });
  const copy = path.join(place, 'copy');
  const registry = path.join(place, 'registry');
  const installations = path.join(place, 'installed');
  const released = path.join(copy, 'packages', 'core', 'package.json');
  const isReleased = existsSync(released);
  // An earlier release that has the same version would be installed instead of the new one.
  if (!isReleased)
    for (const old of [installations, path.join(registry, 'storage', '@metrics')])
      rmSync(old, { recursive: true, force: true });
  console.log(`${cells.length} cells; starting the private registry …`);
  const { environment, stop } = await startPrivateRegistry(registry);
  process.once('exit', () => {
    stop();
    if (options.folder === undefined) rmSync(place, { recursive: true, force: true });
  });
  if (!isReleased) {
    console.log('releasing a copy of the workspace …');
    release(copy, environment);
  }
  const { version } = readJson(released);
  const root = mkdtempSync(path.join(place, 'run-'));
  const workplace = new Workplace({ root, installations, environment, version });
  /** @type {Map<string, boolean>} */
  const outcomes = new Map();
  // Two at a time, since much of the time is spent waiting for a registry.
  const queue = cells.values();
  await Promise.all([work(), work()]);
  if (options.sizes) await writeSizes(workplace);
  checkTables(outcomes);
  const failed = [...outcomes.values()].filter((outcome) => !outcome).length;
  console.log(`${outcomes.size - failed} passed, ${failed} failed`);
  process.exit(failed > 0 ? 1 : (process.exitCode ?? 0));

  async function work() {
    for (const { check: checkCell, name } of queue) {
      const start = Date.now();
      try {
        await /** @type {import('./consumers/row.mjs').Check} */ (checkCell)(workplace);
        outcomes.set(name, true);
        console.log(`ok      ${name} (${Math.round((Date.now() - start) / 1000)} s)`);
      } catch (error) {
        outcomes.set(name, false);
        console.error(`FAILED  ${name}\n${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
}

/** @param {string} message */
function fail(message) {
  console.error(message);
  process.exitCode = 1;
}
