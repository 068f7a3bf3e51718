// Loads the builds in contexts that lack what Node.js has.

import { existsSync, readFileSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import type * as core from '@metrics/core';

const packages = join(__dirname, '..', '..', '..');
type Exports = Record<string, never>;
type Conditions = Record<string, { default: string } | { require: { default: string } }>;

/** Globals of Node.js that are not part of the language. */
const NODE_GLOBALS = Object.getOwnPropertyNames(globalThis).filter(
  (name) => !(runInContext('Object.getOwnPropertyNames(globalThis)', createContext({})) as string[]).includes(name),
);
/** The globals of jest and of the test. */
const given = globalThis as unknown as Record<string, unknown>;

interface Lack {
  readonly globals?: readonly string[];
  readonly builtins?: boolean;
  readonly unref?: boolean;
  readonly processMethods?: boolean;
}

/** The process of an edge route of Next.js: variables, and methods that throw. */
const edgeProcess = Object.create(null, {
  env: { value: {} },
  ...Object.fromEntries(
    Object.keys(process)
      .filter((key) => typeof process[key as 'on'] === 'function')
      .map((key) => [
        key,
        {
          get: () => () => {
            throw new Error(`process.${key} is not supported in the Edge Runtime`);
          },
        },
      ]),
  ),
}) as typeof process;

/** Returns a function that loads entries of the packages as CommonJS in a new context. */
function createLoader(
  condition: 'require' | 'browser',
  { globals = [], builtins, unref, processMethods }: Lack,
): (name: string) => Exports {
  const present = NODE_GLOBALS.filter((name) => !globals.includes(name));
  const context: Record<string, unknown> = Object.fromEntries(present.map((name) => [name, given[name]]));
  if (processMethods) context['process'] = edgeProcess;
  if (unref) for (const name of ['setTimeout', 'setInterval']) context[name] = () => 1;
  for (const name of ['global', 'globalThis', 'window']) delete context[name];
  createContext(context);
  const loaded = new Map<string, { exports: Exports }>();
  const load = (file: string): Exports => {
    const known = loaded.get(file);
    if (known !== undefined) return known.exports;
    const module = { exports: {} as Exports };
    loaded.set(file, module);
    const require = (name: string): unknown => {
      if (name.startsWith('.')) return load(join(dirname(file), name));
      if (name.startsWith('@metrics/')) return load(fileOf(name, condition));
      if (builtins && builtinModules.includes(name.replace(/^node:/, ''))) throw new Error(`no ${name} here`);
      return createRequire(file)(name);
    };
    const code = `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, 'utf8')}\n})`;
    const run = runInContext(code, context, { filename: file }) as (...args: unknown[]) => void;
    run(module.exports, require, module, file, dirname(file));
    return module.exports;
  };
  return (name) => load(fileOf(name, condition));
}

function fileOf(name: string, condition: 'require' | 'browser'): string {
  const [, folder = '', ...subpath] = name.split('/');
  const { exports } = JSON.parse(readFileSync(join(packages, folder, 'package.json'), 'utf8')) as {
    exports: Record<string, Conditions>;
  };
  const entry = exports[['.', ...subpath].join('/')]!;
  const chosen = (condition === 'browser' && entry['browser']) || entry;
  return join(packages, folder, (chosen as { require: { default: string } }).require.default);
}

const ENTRIES = [
  'core',
  'aggregation',
  'statsd',
  'dogstatsd',
  'datadog',
  'logging',
  'timeseries',
  'node',
  'testing',
].flatMap((folder) => {
  const manifest = readFileSync(join(packages, folder, 'package.json'), 'utf8');
  const { exports } = JSON.parse(manifest) as { exports: Record<string, unknown> };
  const subpaths = Object.keys(exports).filter((subpath) => subpath !== './package.json');
  return subpaths.map((subpath) => `@metrics/${folder}${subpath.slice(1)}`);
});
const CLASSES = {
  '@metrics/statsd': 'StatsdMetricsBackend',
  '@metrics/dogstatsd': 'DogStatsdMetricsBackend',
  '@metrics/datadog': 'DatadogMetricsBackend',
  '@metrics/logging': 'LoggingBackend',
  '@metrics/timeseries': 'TimeSeriesBackend',
};
// The table needs `npm run build`.
const isBuilt = existsSync(join(packages, 'core', 'dist', 'auto.cjs'));

/** Uses the facade with the dummy, as a component of an application does. */
function useFacade(load: (name: string) => Exports): void {
  const { metrics, createMetrics } = load('@metrics/core') as unknown as typeof core;
  for (const each of [metrics, createMetrics()]) {
    each.incr('clicks', { tags: { page: 'home' } });
    expect(each.timer('render', () => 5)).toBe(5);
    expect(each.withTags({ route: '/' }, () => each.startTimer('load').stop())).toBeGreaterThanOrEqual(0);
    each.child({ prefix: 'a.' }).gauge('x', 1);
    each.defineCounter('clicks').with({}).incr();
    // A problem, which cannot be reported everywhere.
    each.incr('clicks', Number.NaN);
    expect(each.stats().discarded).toBeGreaterThan(2);
  }
}

// A name of a global is a test, so that a failure shows it.
const LACKS: [string, Lack][] = [
  ...NODE_GLOBALS.map((name): [string, Lack] => [name, { globals: [name] }]),
  ['unref of timers', { unref: true }],
  ['methods of the process', { processMethods: true }],
  ['all of them', { globals: NODE_GLOBALS, builtins: true }],
  ['timers and clocks', { globals: ['setImmediate', 'clearImmediate', 'TextEncoder', 'performance', 'process'] }],
];

(isBuilt ? describe : describe.skip)('in a runtime without', () => {
  test('the globals of Node.js are known', () => {
    expect(NODE_GLOBALS).toEqual(expect.arrayContaining(['process', 'setImmediate', 'performance', 'TextEncoder']));
  });

  test.each(LACKS)('%s, the facade works with the dummy', (_name, lack) => {
    useFacade(createLoader('require', lack));
  });

  test.each(LACKS)('%s, every package can be imported as in a browser', (_name, lack) => {
    const load = createLoader('browser', lack);
    for (const entry of ENTRIES) load(entry);
    for (const [entry, name] of Object.entries(CLASSES)) {
      const Backend = load(entry)[name] as unknown as new (options: object) => unknown;
      expect(() => new Backend({})).toThrow(new RegExp(`^${name} needs Node.js, Deno or Bun`));
      expect(load(entry)['createBackend']).toThrow(new RegExp(`^${entry} needs Node.js`));
    }
  });

  const withBuiltins = LACKS.filter(([, { builtins }]) => !builtins);
  test.each(withBuiltins)('%s, every package can be imported as in Node.js', (_name, lack) => {
    const load = createLoader('require', lack);
    for (const entry of ENTRIES) load(entry);
  });
});
