// Programs that run JavaScript. Node.js itself is checked by scripts/check-runtimes.mjs. Each program must end by itself.
import { programText } from './programs.mjs';
import { expectDelivery } from './receivers.mjs';
import { checkEach, columns } from './row.mjs';

const deno = ['npx', '--yes', 'deno@2.9.6', 'run', '--no-prompt', '--allow-read'];

/**
 * The permissions that a program needs in addition to reading its own files, as docs/frameworks.md says.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const permissions = {
  statsd: ['--allow-net=127.0.0.1,0.0.0.0'],
  dogstatsd: ['--allow-net=127.0.0.1,0.0.0.0'],
  datadog: ['--allow-net=127.0.0.1', '--allow-env', '--allow-sys=hostname'],
  logging: ['--allow-env'],
  'timeseries/redis': ['--allow-net=127.0.0.1', '--allow-env'],
  'eslint-plugin': ['--allow-all'],
};

/** @type {import('./row.mjs').Row[]} */
export const runtimes = [
  {
    group: 'Runtimes',
    name: 'Deno 2.9',
    ci: undefined,
    cells: checkEach(columns, (column) => async (workplace) => {
      for (const program of programsOf(column))
        await runIn(workplace, { program, kind: 'import', command: [...deno, ...(permissions[program] ?? [])] });
    }),
  },
  {
    group: 'Runtimes',
    name: 'Bun 1.4',
    ci: 'dogstatsd',
    cells: checkEach(columns, (column) => async (workplace) => {
      for (const program of programsOf(column))
        for (const kind of /** @type {const} */ (['import', 'require']))
          await runIn(workplace, { program, kind, command: ['npx', '--yes', 'bun@1.4.5', 'run'] });
    }),
  },
];

/** @param {string} column */
function programsOf(column) {
  return column === 'timeseries' ? [column, 'timeseries/redis'] : [column];
}

/**
 * @param {import('./workplace.mjs').Workplace} workplace
 * @param {{ program: string, kind: 'import' | 'require', command: readonly string[] }} run
 */
async function runIn(workplace, { program, kind, command }) {
  const file = kind === 'import' ? 'program.mjs' : 'program.cjs';
  const folder = workplace.folderIn(await workplace.everything(), `${command[2]} ${program}`, {
    'package.json': { private: true },
    [file]: programText(program, kind),
  });
  await expectDelivery(program, (port) => workplace.execute([...command, file, port], { cwd: folder }));
}
