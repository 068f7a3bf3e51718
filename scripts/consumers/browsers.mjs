// Bundles for browsers: core works, and backends say that they do not.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { eventually } from './receivers.mjs';
import { backendClasses, backends, checkEach } from './row.mjs';

/**
 * Further entries of backends.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const subpaths = { statsd: ['statsd/wire'], timeseries: ['timeseries/redis', 'timeseries/handler'] };

/** By package: what runs in a browser, or the class that says that it does not. */
const browserPrograms = {
  core: `import { metrics } from '@metrics/core';
import '@metrics/core/auto';
${importAll('core/backend', 'core/normalizers', 'core/cost')}
metrics.incr('x');
metrics.withTags({ a: 'b' }, () => metrics.child({ prefix: 'y.' }).timing('x', 5));
done(metrics.stats().discarded === 2);`,
  aggregation: `import { SampleAccounting } from '@metrics/aggregation';
const accounting = new SampleAccounting();
accounting.handOver(1);
accounting.confirmSent(1);
done(accounting.stats(0).sent === 1);`,
  testing: `import { metrics } from '@metrics/core';
import { capture } from '@metrics/testing';
${importAll('testing/conformance', 'testing/servers')}
capture(() => metrics.incr('x', 3)).then((seen) => done(seen.counter('x') === 3), (error) => done(String(error)));`,
  ...Object.fromEntries(
    Object.entries(backendClasses).map(([column, name]) => [
      column,
      stubProgram(name, column, ...(subpaths[column] ?? [])),
    ]),
  ),
};

/** Statements that import entries so that no bundler leaves them out. @param {string[]} entries */
function importAll(...entries) {
  const imports = entries.map((entry, index) => `import * as entry${index} from '@metrics/${entry}';`);
  return `${imports.join('\n')}\nglobalThis.entries = [${entries.map((_, index) => `entry${index}`).join()}];`;
}

/** @param {string[]} entries @param {string} name */
function stubProgram(name, ...entries) {
  return `${importAll(...entries)}
import { metrics } from '@metrics/core';
import { ${name}, createBackend } from '@metrics/${entries[0]}';
metrics.incr('x');
let message = '';
for (const create of [() => new ${name}({}), () => createBackend({})])
  try {
    create();
  } catch (error) {
    message += error.message;
  }
done(message.includes('${name} needs Node.js') && message.includes('@metrics/${entries[0]} needs Node.js') || message);`;
}

/** @type {import('./row.mjs').Row} */
export const browsers = {
  group: 'Layouts',
  name: 'esbuild, for browsers',
  ci: 'core',
  cells: {
    'eslint-plugin': 'runs in ESLint',
    ...checkEach(
      ['core', 'aggregation', 'testing', ...backends],
      (column) => (workplace) => runInBrowser(workplace, column),
    ),
  },
};

/**
 * Bundles without any option for Node.js, and runs the bundle without `process` and any other global except
 * those of the language.
 *
 * @param {import('./workplace.mjs').Workplace} workplace
 * @param {string} column
 */
async function runInBrowser(workplace, column) {
  const folder = workplace.folderIn(await workplace.everything('esbuild@0.28.2'), `browser ${column}`, {
    'package.json': { private: true, type: 'module' },
    'app.js': /** @type {Record<string, string>} */ (browserPrograms)[column] ?? '',
  });
  const output = path.join(folder, 'bundle.js');
  const printed = await workplace.execute(['npx', 'esbuild', 'app.js', '--bundle', `--outfile=${output}`], {
    cwd: folder,
  });
  if (/warning/i.test(printed)) throw new Error(printed);
  /** @type {unknown} */
  let outcome;
  vm.runInNewContext(readFileSync(output, 'utf8'), {
    done: (/** @type {unknown} */ result) => {
      outcome = result;
    },
  });
  if (!(await eventually(() => outcome !== undefined)) || outcome !== true)
    throw new Error(`the bundle ends with ${String(outcome)}`);
}
