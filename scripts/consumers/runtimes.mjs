// Programs that run JavaScript. Each loads a package as an ES module and as CommonJS, has a sample delivered, and must end by
// itself, whether the program closes the backend or not.
import { nodeVersions } from '../workspace.mjs';
import { programText, unclosedProgramText } from './programs.mjs';
import { expectDelivery } from './receivers.mjs';
import { checkEach, columns } from './row.mjs';

const npx = ['npx', '--yes', '-p'];
const deno = [...npx, 'deno@2.9.6', 'deno', 'run', '--no-prompt'];

/**
 * The permissions that a program needs, as docs/deploy/frameworks.md says; to read packages, it needs none.
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
/** Programs whose sample arrives even if nothing is closed. */
const deliverAtEnd = ['statsd', 'dogstatsd', 'datadog', 'logging', 'timeseries/redis'];
/** The column of a version of Node.js in CI. */
const ciOfNode = ['prometheus', 'dogstatsd', 'opentelemetry', 'logging'];

/** @type {import('./row.mjs').Row[]} */
export const runtimes = [
  ...nodeVersions.map((version, index) => ({
    group: 'Runtimes',
    name: `Node.js ${version}`,
    ci: ciOfNode[index % ciOfNode.length],
    cells: checkEach(columns, (column) => runIn(column, () => [...npx, `node@${version}`, 'node'])),
  })),
  {
    group: 'Runtimes',
    name: 'Deno 2.9',
    ci: 'statsd',
    cells: checkEach(columns, (column) => runIn(column, (program) => [...deno, ...(permissions[program] ?? [])])),
  },
  {
    group: 'Runtimes',
    name: 'Bun 1.4',
    ci: 'dogstatsd',
    cells: checkEach(columns, (column) => runIn(column, () => [...npx, 'bun@1.4.5', 'bun', 'run'])),
  },
];

/**
 * @param {string} column
 * @param {(program: string) => readonly string[]} command
 * @returns {import('./row.mjs').Check}
 */
function runIn(column, command) {
  return async (workplace) => {
    for (const program of column === 'timeseries' ? [column, 'timeseries/redis'] : [column]) {
      const folder = workplace.folderIn(await workplace.everything(), `runtime ${program}`, {
        'package.json': { private: true },
        'program.mjs': programText(program, 'import'),
        'program.cjs': programText(program, 'require'),
        'unclosed.mjs': unclosedProgramText(program, 'import'),
      });
      for (const file of ['program.mjs', 'program.cjs', ...(deliverAtEnd.includes(program) ? ['unclosed.mjs'] : [])])
        await expectDelivery(program, (port) =>
          workplace.execute([...command(program), file, port], { cwd: folder, limit: 60_000 }),
        );
    }
  };
}
