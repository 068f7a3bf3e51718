// Package managers: each installs core and one package by name and then once more, no package of the tree runs a script when it
// is installed, and the program runs from what was installed.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { programText } from './programs.mjs';
import { expectDelivery } from './receivers.mjs';
import { checkEach, columns } from './row.mjs';
import { expectInstalled } from './sizes.mjs';

const npx = ['npx', '--yes'];
const yarn4 = [...npx, '-p', '@yarnpkg/cli-dist@4.18.1', 'yarn'];
const yarnSettings = (/** @type {string} */ registry, /** @type {string} */ nodeLinker) => ({
  '.yarnrc.yml': {
    nodeLinker,
    npmRegistryServer: registry,
    unsafeHttpWhitelist: ['127.0.0.1'],
    enableTelemetry: false,
  },
  'yarn.lock': '',
});

/**
 * Packages that an application installs together with one of ours.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const peers = { 'eslint-plugin': ['eslint@10'], opentelemetry: ['@opentelemetry/api@1'] };

/**
 * @typedef {object} PackageManager
 * @property {string} name
 * @property {string | undefined} ci
 * @property {readonly string[]} command
 * @property {string} [add] how it adds a package, if not by `add`
 * @property {(name: string) => string} [specifier]
 * @property {readonly string[]} [node] runs a program, if Node.js alone cannot
 * @property {(registry: string) => Readonly<Record<string, string | object>>} [settings] files
 */

/** @type {readonly PackageManager[]} */
const managers = [
  { name: 'npm 10', ci: 'datadog', command: [...npx, 'npm@10'], add: 'install' },
  { name: 'npm 11', ci: 'eslint-plugin', command: [...npx, 'npm@11'], add: 'install' },
  { name: 'pnpm 9', ci: 'opentelemetry', command: [...npx, 'pnpm@9'] },
  { name: 'pnpm 10', ci: 'logging', command: [...npx, 'pnpm@10'] },
  // It needs a newer Node.js.
  { name: 'pnpm 11', ci: 'statsd', command: [...npx, '-p', 'node@24', '-p', 'pnpm@11', 'pnpm'] },
  { name: 'pnpm 12', ci: 'dogstatsd', command: [...npx, 'pnpm@12'] },
  { name: 'Yarn 1', ci: 'timeseries', command: [...npx, 'yarn@1.22.22', '--non-interactive'] },
  {
    name: 'Yarn 4, node_modules',
    ci: 'testing',
    command: yarn4,
    settings: (registry) => yarnSettings(registry, 'node-modules'),
  },
  {
    name: "Yarn 4, Plug'n'Play",
    ci: 'statsd',
    command: yarn4,
    node: [...yarn4, 'node'],
    settings: (registry) => yarnSettings(registry, 'pnp'),
  },
  { name: 'Bun', ci: 'dogstatsd', command: [...npx, 'bun@1.4.4'] },
  {
    name: 'Deno',
    ci: 'statsd',
    command: [...npx, 'deno@2.9.6'],
    specifier: (name) => `npm:${name}`,
    node: [...npx, 'deno@2.9.6', 'run', '--allow-all'],
    // The packages are seconds old.
    settings: () => ({ 'deno.json': { nodeModulesDir: 'auto', minimumDependencyAge: 0 } }),
  },
];

/** @type {import('./row.mjs').Row[]} */
export const packageManagers = managers.map((manager) => ({
  group: 'Package managers',
  name: manager.name,
  ci: manager.ci,
  cells: checkEach(columns, (column) => async (workplace) => {
    await install(workplace, manager, column);
    if (manager.name.startsWith('npm')) await expectInstalled(workplace, column);
  }),
}));

/**
 * @param {import('./workplace.mjs').Workplace} workplace
 * @param {PackageManager} manager
 * @param {string} column
 */
async function install(workplace, manager, column) {
  const { name, command, add = 'add', specifier = (each) => each, node = [process.execPath], settings } = manager;
  const registry = /** @type {string} */ (workplace.environment['npm_config_registry']);
  const folder = workplace.folder(`${name} ${column}`, {
    'package.json': { name: 'consumer', private: true },
    '.npmrc': `registry=${registry}\n`,
    'send.mjs': programText(column, 'import'),
    ...settings?.(registry),
  });
  // The packages are seconds old, and Yarn refuses to change a lockfile in CI.
  const env = {
    npm_config_minimum_release_age: '0',
    YARN_ENABLE_IMMUTABLE_INSTALLS: 'false',
    YARN_NPM_MINIMAL_AGE_GATE: '0',
  };
  const names = new Set(['@metrics/core', `@metrics/${column}`, ...(peers[column] ?? [])]);
  await workplace.execute([...command, add, ...Array.from(names, specifier)], { cwd: folder, env });
  await workplace.execute([...command, 'install'], { cwd: folder, env });
  expectNoInstallScripts(path.join(folder, 'node_modules'));
  if (existsSync(path.join(folder, '.yarn', 'unplugged')))
    throw new Error('a package was unplugged, which has a script');
  await expectDelivery(column, (port) => workplace.execute([...node, 'send.mjs', port], { cwd: folder, env }));
}

/** @param {string} modules a folder node_modules, in any layout */
function expectNoInstallScripts(modules) {
  if (!existsSync(modules)) return;
  for (const entry of readdirSync(modules, { recursive: true, withFileTypes: true })) {
    if (entry.name === 'binding.gyp') throw new Error(`${entry.parentPath} is native`);
    if (entry.name !== 'package.json') continue;
    /** @type {{ name?: string, scripts?: Record<string, string> }} */
    const { name, scripts = {} } = JSON.parse(readFileSync(path.join(entry.parentPath, entry.name), 'utf8'));
    const script = ['preinstall', 'install', 'postinstall'].find((each) => scripts[each] !== undefined);
    // Fixtures and the like are not packages.
    if (script && entry.parentPath.endsWith(name ?? '/')) throw new Error(`${name} has a script ${script}`);
  }
}
